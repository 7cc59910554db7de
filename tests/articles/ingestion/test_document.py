import hashlib
import uuid

import pytest

from articles.identity import article_uid, derived_external_id
from articles.ingestion.document import (
    Document,
    Fault,
    Place,
)


class TestUid:
    def test_is_uuid_5_of_origin_and_id(self):
        assert article_uid("tidal-post", "a/1") == uuid.uuid5(
            uuid.NAMESPACE_URL, "newsroom:tidal-post/a/1"
        )

    def test_is_over_nfc(self):
        assert article_uid("café", "é") == article_uid("cafe\u0301", "e\u0301")

    def test_tells_origins_and_ids_apart(self):
        assert len({article_uid(origin, key) for origin in "ab" for key in "12"}) == 4


class TestDerivedExternalId:
    @pytest.mark.parametrize(
        ("url", "external_id"),
        [
            ("https://Tidal.EXAMPLE/News?id=1#top", "https://tidal.example/News?id=1"),
            (
                "HTTPS://a.example:8080/x?utm_source=s&a=1&UTM_Medium=m&b=%20",
                "https://a.example:8080/x?a=1&b=%20",
            ),
            ("https://User:Pw@A.example/", "https://User:Pw@a.example/"),
            ("https://a.example/x?utm_source=s", "https://a.example/x"),
        ],
    )
    def test_is_the_normal_url(self, url, external_id):
        assert derived_external_id(url, "any", "thing") == external_id

    def test_a_long_url_is_hashed(self):
        url = "https://a.example/" + "x" * 600
        assert derived_external_id(url, "", "") == hashlib.sha256(url.encode()).hexdigest()

    def test_without_url_is_the_hash_of_headline_nul_body(self):
        expected = hashlib.sha256("Tide\0The bôats.".encode()).hexdigest()
        assert derived_external_id("", "Tide", "The bôats.") == expected

    def test_the_boundary_between_headline_and_body_counts(self):
        assert derived_external_id("", "ab", "c") != derived_external_id("", "a", "bc")


class TestFault:
    def test_names_file_record_field_and_reason(self):
        fault = Fault("news.jsonl", 3, "language", "'xx' is none", line=5)
        assert str(fault) == "news.jsonl: record 3 (line 5): language: 'xx' is none"

    def test_leaves_out_what_is_not_known(self):
        assert str(Fault("a.txt", None, "", "cut off")) == "a.txt: cut off"
        assert str(Fault("a.jsonl", 3, "", "bad", line=3)) == "a.jsonl: record 3: bad"


def test_a_document_knows_the_fingerprint_that_the_database_computes():
    document = Document("s", "1", "Tide", "The boats left.", place=Place("a.txt"))
    assert document.fingerprint == hashlib.sha256(b"The boats left.").hexdigest()
