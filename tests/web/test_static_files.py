"""Static files while they change, as they do where the portal is developed."""

from flask import Flask

from portal.web.static_files import init_static_files


def test_a_file_that_changes_under_a_running_portal_is_never_cut_short(tmp_path):
    sheet = tmp_path / "a.css"
    sheet.write_text("a{}", encoding="ascii")
    app = Flask(__name__, static_folder=str(tmp_path))
    init_static_files(app, looks_again=True)
    client = app.test_client()
    assert client.get("/static/a.css").data == b"a{}"

    sheet.write_text("a{} b{} c{}", encoding="ascii")
    (tmp_path / "new.css").write_text("n{}", encoding="ascii")
    answer = client.get("/static/a.css")

    assert (answer.data, answer.headers["Content-Length"]) == (b"a{} b{} c{}", "11")
    assert client.get("/static/new.css").data == b"n{}"
