try:
    import polars as pl
except ImportError:  # the tests are skipped then
    pl = None


def totals(frame):
    return frame.group_by("city").agg(pl.col("n").sum())


def above(frame, limit):
    return frame.filter(pl.col("n") > limit)


def with_double(frame):
    return frame.with_columns((pl.col("n") * 2).alias("double"))


def mean(frame, column):
    return frame[column].mean()
