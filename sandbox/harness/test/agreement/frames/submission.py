import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

CONSTANT = np.arange(5)


def array():
    return np.array([[1.5, 2], [3, 4]])


def total(a):
    return a.sum()


def mask(a):
    return a > 1


def scale(a):
    a *= 2


def scalar():
    return np.float32(1.5), np.int64(3), np.bool_(True)


def frame():
    return pd.DataFrame({"a": [1, 2], "b": ["x", None], "c": [1.5, np.nan]}, index=["r", "s"])


def series():
    return pd.Series([1, 2, 3], name="n")


def add_column(df):
    df["z"] = 1
    return df


def new_column(df):
    return df.assign(z=df["a"] * 2)


def dates():
    return pd.DataFrame({"t": pd.to_datetime(["2020-01-01", "2021-02-03"]), "k": pd.Categorical(["u", "v"])})


def mean_by(df, key, value):
    return df.groupby(key)[value].mean()


def both(df):
    return df.groupby(["k", "g"]).sum()


def plot(values):
    figure, axes = plt.subplots()
    axes.plot(values)
    axes.set_title("growth")
    axes.set_xlabel("time")
    return axes


def normalise(a):
    if a.std() == 0:
        raise ValueError("constant")
    return (a - a.mean()) / a.std()


def objects():
    return np.array([1, "a", None], dtype=object)


def dtype_of(a):
    return a.dtype
