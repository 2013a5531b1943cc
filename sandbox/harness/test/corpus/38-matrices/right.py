def matmul(a, b):
    if len(a[0]) != len(b):
        raise ValueError(f"{len(a[0])} columns do not fit {len(b)} rows")
    return [[sum(x * y for x, y in zip(row, column)) for column in zip(*b)] for row in a]


def identity(n):
    return [[int(i == j) for j in range(n)] for i in range(n)]


def transpose(m):
    return [list(column) for column in zip(*m)]


def determinant(m):
    if len(m) == 1:
        return m[0][0]
    total = 0
    for j, value in enumerate(m[0]):
        minor = [row[:j] + row[j + 1 :] for row in m[1:]]
        total += (-1) ** j * value * determinant(minor)
    return total


class Matrix:
    def __init__(self, rows):
        if len({len(row) for row in rows}) != 1:
            raise ValueError("rows of different lengths")
        self.rows = [list(row) for row in rows]

    @property
    def shape(self):
        return len(self.rows), len(self.rows[0])

    def __getitem__(self, place):
        i, j = place
        return self.rows[i][j]

    def __setitem__(self, place, value):
        i, j = place
        self.rows[i][j] = value

    def __iter__(self):
        return iter(self.rows)

    def __eq__(self, other):
        if not isinstance(other, Matrix):
            return NotImplemented
        return self.rows == other.rows

    def __add__(self, other):
        return Matrix([[x + y for x, y in zip(a, b)] for a, b in zip(self.rows, other.rows)])

    def __matmul__(self, other):
        return Matrix(matmul(self.rows, other.rows))

    def __mul__(self, factor):
        return Matrix([[factor * x for x in row] for row in self.rows])

    __rmul__ = __mul__

    def __pow__(self, n):
        result = Matrix(identity(len(self.rows)))
        for _ in range(n):
            result = result @ self
        return result

    def __str__(self):
        widths = [max(len(str(x)) for x in column) for column in zip(*self.rows)]
        return "\n".join(" ".join(str(x).rjust(w) for x, w in zip(row, widths)) for row in self.rows)
