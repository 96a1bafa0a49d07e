"""The issues that a paper came of, composed from issues and links; neither feature knows the other."""

from portal.directory.actor import Actor
from portal.guidance.models import Guidance


def find_source(actor, number):
    return None


def link_to(actor: Actor, guidance: Guidance, source) -> None:
    pass


def title_from(source) -> str:
    return ""


def list_sources(actor, guidance):
    return []
