from hypothesis import given, settings
from hypothesis import strategies as st

from hub.kit.file_form import FileForm

BOUNDARY = b"bnd"


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=400), cuts=st.lists(st.integers(1, 50), min_size=1, max_size=40))
def test_any_bytes_cut_anywhere_arrive_as_they_were(data, cuts):
    data = data.replace(b"bnd", b"")  # a client never lets its boundary stand in the data
    head = b'--bnd\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\nt\r\n'
    head += b'--bnd\r\nContent-Disposition: form-data; name="file"; filename="f.csv"\r\n\r\n'
    body = head + data + b"\r\n--bnd--\r\n"
    got = bytearray()
    form = FileForm("multipart/form-data; boundary=bnd", begin=lambda _fields, _name: got.extend)
    at = turn = 0
    while at < len(body):
        step = cuts[turn % len(cuts)]
        form.feed(body[at : at + step])
        at, turn = at + step, turn + 1
    form.finish()
    assert bytes(got) == data
