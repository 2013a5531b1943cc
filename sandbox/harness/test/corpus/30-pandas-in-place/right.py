class Table:
    def __init__(self, frame):
        self.frame = frame

    def scale(self, column, factor):
        self.frame[column] = self.frame[column] * factor

    def total(self, column):
        return int(self.frame[column].sum())

    def copy(self):
        return Table(self.frame.copy())


def tidy_names(frame):
    frame.columns = [name.lower().replace(" ", "_") for name in frame.columns]


def sort_by(frame, column):
    frame.sort_values(column, inplace=True)


def drop_small(frame, column, limit):
    frame.drop(frame.index[frame[column] < limit], inplace=True)


def add_double(frame, column):
    frame[column + " doubled"] = frame[column] * 2


def set_cell(frame, row, column, value):
    if row not in frame.index:
        raise KeyError(row)
    frame.loc[row, column] = value


def fill(series):
    series.fillna(series.mean(), inplace=True)


def number_rows(frame):
    frame.insert(0, "n", range(1, len(frame) + 1))


def take(frame, column):
    return frame.pop(column)
