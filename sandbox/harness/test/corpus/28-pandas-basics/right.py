import pandas as pd


def passed(frame, limit):
    return frame[frame["points"] >= limit].copy()


def add_grade(frame):
    frame["grade"] = "F"
    frame.loc[frame["points"] >= 60, "grade"] = "B"
    frame.loc[frame["points"] >= 80, "grade"] = "A"


def clean(frame):
    return frame.dropna().drop_duplicates().reset_index(drop=True)


def summary(frame):
    return frame.groupby("group")["points"].mean()


def top(frame, n):
    return frame.nlargest(n, "points")["name"].tolist()


def load(path):
    return pd.read_csv(path, parse_dates=["date"], index_col="name")
