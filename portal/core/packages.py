"""Office files are packages: zips of XML parts, which by their standard declare no document type and so no entities."""

import zipfile
from collections.abc import Iterator
from typing import Any, NoReturn
from xml.sax import SAXException
from xml.sax.handler import ContentHandler, ErrorHandler

from defusedxml import sax
from defusedxml.common import DefusedXmlException

_XML = (".xml", ".rels", ".vml")


class _RootReached(Exception):
    """Nothing that follows may declare a document type."""


class _Prolog(ContentHandler):
    def startElement(self, _name: str, _attrs: Any) -> NoReturn:
        """Read no further than where the root begins, however large the part."""
        raise _RootReached


def xml_parts(package: zipfile.ZipFile) -> Iterator[str]:
    """The names of the parts that are XML."""
    return (name for name in package.namelist() if name.lower().endswith(_XML))


def declares_document_type(package: zipfile.ZipFile) -> bool:
    """Whether any part begins with a document type; a part that is no XML has none. A broken zip raises as zips do."""
    return any(_declares(package, part) for part in xml_parts(package))


def _declares(package: zipfile.ZipFile, part: str) -> bool:
    with package.open(part) as stream:
        try:
            sax.parse(stream, _Prolog(), ErrorHandler(), forbid_dtd=True)
        except DefusedXmlException:
            return True
        except (_RootReached, SAXException, ValueError, LookupError):  # the last two for encodings that are none
            pass
    return False
