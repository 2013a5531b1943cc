import csv
import json
from pathlib import Path


def count_lines(path):
    with open(path) as file:
        return sum(1 for _ in file)


def longest_line(path):
    return max(Path(path).read_text(encoding="utf-8").splitlines(), key=len)


def write_report(path, values):
    with open(path, "w") as file:
        for name in sorted(values):
            file.write(f"{name}: {values[name]}\n")


def append_line(path, text):
    with open(path, "a") as file:
        print(text, file=file)


def read_scores(path):
    with open(path, newline="") as file:
        return {row["name"]: float(row["score"]) for row in csv.DictReader(file)}


def csv_to_json(source, target):
    with open(source, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with open(target, "w", encoding="utf-8") as file:
        json.dump(rows, file, ensure_ascii=False)


def merge_files(folder, target):
    parts = sorted(Path(folder).glob("*.txt"))
    Path(target).write_text("".join(part.read_text() for part in parts))
