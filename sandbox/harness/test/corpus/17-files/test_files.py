import csv
import json

import pytest
from submission import append_line, count_lines, csv_to_json, longest_line, merge_files, read_scores, write_report


def test_count(tmp_path):
    path = tmp_path / "poem.txt"
    path.write_text("one\ntwo\n\nfour")
    assert count_lines(path) == 4


def test_count_takes_text(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("x\n")
    assert count_lines(str(path)) == 1


def test_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        count_lines(tmp_path / "nothing.txt")


def test_longest(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("ab\nabcd\nabc\n", encoding="utf-8")
    assert longest_line(path) == "abcd"


def test_report(tmp_path):
    path = tmp_path / "report.txt"
    write_report(path, {"b": 2, "a": 1})
    assert path.exists()
    assert path.read_text().splitlines() == ["a: 1", "b: 2"]


def test_report_overwrites(tmp_path):
    path = tmp_path / "report.txt"
    path.write_text("old and much longer than the new content\n" * 3)
    write_report(path, {"x": 1})
    assert path.read_text() == "x: 1\n"


def test_append(tmp_path):
    path = tmp_path / "log.txt"
    append_line(path, "first")
    append_line(path, "second")
    assert path.read_text() == "first\nsecond\n"


def test_scores(tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text('name,score\nAda,90\n"Lovelace, B.",80.5\n')
    assert read_scores(path) == {"Ada": 90.0, "Lovelace, B.": 80.5}


def test_csv_to_json(tmp_path):
    source, target = tmp_path / "in.csv", tmp_path / "out.json"
    with source.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["city", "people"])
        writer.writerow(["Zürich", "400000"])
    csv_to_json(source, target)
    assert json.loads(target.read_text(encoding="utf-8")) == [{"city": "Zürich", "people": "400000"}]


def test_merge(tmp_path):
    folder = tmp_path / "parts"
    folder.mkdir()
    for name in ("b.txt", "a.txt", "c.md"):
        (folder / name).write_text(name + "\n")
    merge_files(folder, tmp_path / "all.txt")
    assert (tmp_path / "all.txt").read_text() == "a.txt\nb.txt\n"


def test_working_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    append_line("here.txt", "x")
    assert (tmp_path / "here.txt").read_text() == "x\n"
