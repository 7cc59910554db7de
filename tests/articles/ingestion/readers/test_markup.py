from xml.etree.ElementTree import Element, SubElement

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.ingestion.readers.markup import from_element, from_html, without_first_line
from articles.ingestion.readers.nitf import parse_story


class TestFromHtml:
    @pytest.mark.parametrize(
        ("html", "text"),
        [
            ("<p>One</p><p>Two\n  lines</p>", "One\n\nTwo lines"),
            ("One<br>Two<br/>Three</br>Four", "One\nTwo\nThree\nFour"),
            ("One<br><br><br>Two", "One\n\nTwo"),
            ("<h2>Head</h2>Text<div>More</div>end", "Head\n\nText\n\nMore\n\nend"),
            ("<ul><li>One</li><li>Two</li></ul>x", "One\nTwo\n\nx"),
            ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "1 2\n3"),
            ("A <a href=\"x>y\" title='<b>'>link</a> <b>b</b>old", "A link bold"),
            ("He said <q>yes</q>.", 'He said "yes".'),
            ("<script>if (a < b) '</p>'</script>A<style>p{}</style><title>T</title>", "A"),
            ("<SCRIPT>x</Script >A<!-- <p>no</p> -->B<?php x ?><!DOCTYPE a>", "AB"),
            ("&amp;lt; &eacute;&#233;&#xE9; &copy &nonsense; A&B", "&lt; ééé © &nonsense; A&B"),
            ("a<![CDATA[ <b> ]]>c", "a <b> c"),
            ("<pre>one\n  two</pre> a\nb", "one\ntwo\n\na b"),
            ("<x:p>One</x:p><x:p>Two</x:p>", "One\n\nTwo"),
            ("<p>\xa0</p><p>One</p><p> &nbsp; </p><p>Two</p>", "One\n\nTwo"),
            ("5 < 6 and 7 > 6, <3", "5 < 6 and 7 > 6, <3"),
            ("", ""),
        ],
    )
    def test_visible_text_in_paragraphs(self, html, text):
        assert from_html(html) == text

    @pytest.mark.parametrize(
        ("html", "text"),
        [
            ("<title>A<p>B</p>", "A\n\nB"),
            ("<script>A<p>B</p>", "A\n\nB"),
            ("<!-- A<p>B</p>", "A\n\nB"),
            ("A<p>B<![CDATA[C", "A\n\nBC"),
            ('<a href="x>A</a><p>B</p>', "A\n\nB"),
            ("A<p", "A<p"),
            ("A<", "A<"),
            ("<svg/>A", "A"),
        ],
    )
    def test_what_is_not_closed_takes_nothing_with_it(self, html, text):
        assert from_html(html) == text

    def test_a_reference_of_very_many_digits(self):
        assert from_html("&#" + "9" * 5000 + ";").startswith("\ufffd")

    @pytest.mark.parametrize(
        "piece",
        ["<", "<a ", "<a b='", '<a b="c', "<!--", "<![CDATA[", "</", "<?", "<script>", "</script"],
    )
    def test_long_rubbish(self, piece):
        # In time that grows with the square of the length, as the standard library's parser takes
        # for most of these, each would last minutes.
        for end in ("", ">end"):
            source = piece * (60_000 // len(piece)) + end
            assert len(from_html(source)) <= len(source)
            assert from_html(f"<p>start</p>{source}").startswith("start")

    @given(st.text() | st.text("<>/!-[]'\"=&;#pbr scripttle", max_size=80))
    def test_any_text_has_a_text(self, html):
        text = from_html(html)
        assert text == text.strip()
        assert "\n\n\n" not in text


class TestFromElement:
    def test_deep_nesting(self):
        top = inner = Element("div")
        for _ in range(20_000):
            inner = SubElement(inner, "b")
        inner.text, inner.tail = "deep", " tail"
        assert from_element(top) == "deep tail"

    def test_the_tail_of_the_element_is_not_its_text(self):
        parent = Element("p")
        child = SubElement(parent, "b")
        child.text, child.tail = "in", "out"
        assert from_element(child) == "in"


def test_a_first_line_that_repeats_the_headline():
    assert without_first_line("Boats  leave\n\nText", "Boats leave ") == "Text"
    assert without_first_line("Boats leave", "Boats leave") == "Boats leave"
    assert without_first_line("Boats leave early\nText", "Boats leave").startswith("Boats leave e")


class TestStory:
    def test_nitf(self):
        story = parse_story(
            "<nitf><head><title>No</title></head><body><body.head><hedline><hl1>Boats</hl1>"
            "<hl2>Early</hl2></hedline><byline>By <person>Ann Lee</person>, <byttl>Harbour "
            "Reporter</byttl></byline><byline><byttl>Desk</byttl></byline>"
            "<dateline><location>PORT</location></dateline><abstract><p>In short.</p></abstract>"
            "</body.head><body.content><p>One.</p><p>Two.</p></body.content>"
            "<body.end><tagline>By the desk</tagline></body.end></body></nitf>"
        )
        assert story is not None
        assert story.body == "PORT\n\nOne.\n\nTwo.\n\nBy the desk"
        assert story.headline == "Boats"
        assert story.bylines == ("By Ann Lee", "Desk")
        assert story.summary == "In short."

    def test_xhtml_and_bare_paragraphs(self):
        page = parse_story("<html><head><title>T</title></head><body><p>One.</p>Two.</body></html>")
        assert page is not None
        assert page.body == "One.\n\nTwo."
        bare = parse_story("<x><p>One.</p></x>")
        assert bare is not None
        assert bare.body == "One."

    @pytest.mark.parametrize(
        "xml",
        ["<x><score>1</score></x>", "<x>", "", '<!DOCTYPE x [<!ENTITY a "b">]><x><p>&a;</p></x>'],
    )
    def test_what_is_no_story(self, xml):
        assert parse_story(xml) is None
