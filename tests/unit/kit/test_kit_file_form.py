import pytest

from hub.kit.errors import Invalid
from hub.kit.file_form import FileForm, shown_name

BOUNDARY = "----b0undary"
TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def a_part(name, value=b"", *, file_name=None):
    disposition = f'form-data; name="{name}"' + (f'; filename="{file_name}"' if file_name is not None else "")
    head = f"--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n"
    head += "Content-Type: text/csv\r\n" if file_name is not None else ""
    return head.encode() + b"\r\n" + value + b"\r\n"


def a_body(*parts):
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


class Sink:
    def __init__(self):
        self.fields, self.name, self.data = None, "", bytearray()

    def begin(self, fields, name):
        self.fields, self.name = fields, name
        return self.data.extend


def fed(body, *, size=7, content_type=TYPE):
    sink = Sink()
    form = FileForm(content_type, begin=sink.begin)
    for start in range(0, len(body), size):
        form.feed(body[start : start + size])
    form.finish()
    return sink


@pytest.mark.parametrize("size", [1, 2, 7, 64, 100_000])
def test_the_file_arrives_byte_for_byte_however_it_is_cut(size):
    data = b"a,b\r\n1,2\r\n" * 40 + b"\r\n--not-the-boundary\r\n\x00\xff"
    sink = fed(a_body(a_part("csrf_token", b"tok"), a_part("file", data, file_name="x.csv")), size=size)
    assert bytes(sink.data) == data
    assert sink.fields == {"csrf_token": "tok"}
    assert sink.name == "x.csv"


def test_the_fields_are_known_before_the_first_byte_of_the_file():
    def begin(fields, _name):
        assert fields == {"csrf_token": "wrong"}
        raise PermissionError("refused")

    form = FileForm(TYPE, begin=begin)
    with pytest.raises(PermissionError):
        form.feed(a_body(a_part("csrf_token", b"wrong"), a_part("file", b"secret", file_name="x.csv")))


@pytest.mark.parametrize("missing", [1, 2, 5, 30])
def test_a_body_without_its_final_boundary_is_absent(missing):
    body = a_body(a_part("csrf_token", b"tok"), a_part("file", b"a,b\r\n1,2\r\n", file_name="x.csv"))
    form = FileForm(TYPE, begin=Sink().begin)
    form.feed(body[: -missing - 2])
    with pytest.raises(Invalid) as caught:
        form.finish()
    assert caught.value.code == "cut-off"


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([a_part("csrf_token", b"tok")], "no-file"),
        ([a_part("csrf_token", b"tok"), a_part("file", b"", file_name="")], "no-file"),
        ([a_part("file", b"a", file_name="a.csv"), a_part("file", b"b", file_name="b.csv")], "wrong-form"),
        ([a_part("file", b"a", file_name="a.csv"), a_part("csrf_token", b"late")], "wrong-form"),
        ([a_part("other", b"a", file_name="a.csv")], "wrong-form"),
        ([a_part("csrf_token", b"x" * 9000), a_part("file", b"a", file_name="a.csv")], "wrong-form"),
        ([a_part("n" * 9000, b"x")], "not-a-file-form"),
        ([a_part(f"f{index}", b"x") for index in range(11)], "wrong-form"),
    ],
)
def test_another_form_than_ours_is_refused(parts, code):
    with pytest.raises(Invalid) as caught:
        fed(a_body(*parts))
    assert caught.value.code == code


@pytest.mark.parametrize("content_type", ["", "text/csv", "multipart/form-data", "application/x-www-form-urlencoded"])
def test_another_kind_of_body_is_refused(content_type):
    with pytest.raises(Invalid) as caught:
        fed(b"a,b\r\n", content_type=content_type)
    assert caught.value.code == "not-a-file-form"


def test_a_body_that_is_no_multipart_at_all_is_refused():
    with pytest.raises(Invalid) as caught:
        fed(b"a,b\r\n1,2\r\n" * 50)
    assert caught.value.code == "not-a-file-form"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("report.csv", "report.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\data.csv", "data.csv"),
        ("a\x00b\nc\u202ed.csv", "abcd.csv"),
        ("/", ""),
        ("x" * 500, "x" * 200),
        ("crime “May”.csv", "crime “May”.csv"),
    ],
)
def test_a_file_name_is_display_text_without_folders_or_hidden_signs(name, shown):
    assert shown_name(name) == shown
