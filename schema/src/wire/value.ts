/**
 * The tagged encoding of everything that a notebook can produce.
 *
 * JSON cannot tell `2` from `2.0`, has no NaN, loses integers past 2^53, and Postgres' jsonb refuses NUL and
 * lone surrogates. So every value is an object with a tag `t`, and only plain JSON is inside. The Python side
 * is `extension/nbpulse/encode.py`; `schema/fixtures/values.json` is read by both, so they cannot drift.
 *
 * Text that holds NUL or a lone surrogate has `esc: true`, and in it `\\` stands for a backslash, `\0` for NUL and
 * `\uD800`-style escapes for the surrogate (see `text.ts`).
 */
import { z } from 'zod';

/** A float as JSON: a number, or one of four names for what JSON lacks. */
export const floatJson = z.union([z.number(), z.enum(['nan', 'inf', '-inf', '-0'])]);
export type FloatJson = z.infer<typeof floatJson>;

/** An integer as JSON: a number inside ±(2^53 − 1), else decimal text. */
export const intJson = z.union([z.int(), z.string().regex(/^-?\d{16,5000}$/)]);

/** Text with its escape mark and, when it was cut, its full length in code points and the sha256 of the whole. */
export const textJson = z.object({
  v: z.string(),
  esc: z.literal(true).optional(),
  cut: z.object({ length: z.int().nonnegative(), sha256: z.string().length(64) }).optional(),
});

/**
 * An element of an array or a table cell. In a column of numbers: a number, one of `floatJson`'s names, or an integer past 2^53 as
 * text; in one of text or dates: text. Null is a missing value; with `esc` on the array or column its plain texts carry escapes.
 * In a mixed column (dtype object) plain JSON is None, a bool, an integer, a float with a fraction, or text, and everything else
 * (`2.0`, NaN, dates, lists) is a tagged value.
 */
export type CellJson = null | boolean | number | string | Value;
export const cellJson: z.ZodType<CellJson> = z.union([
  z.null(),
  z.boolean(),
  z.number(),
  z.string(),
  z.lazy(() => value),
]);

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/);
/** Names of classes, dtypes, columns: short text in which NUL and lone surrogates have already become U+FFFD. */
const label = z.string().max(300);

export interface ValueArray {
  t: 'list' | 'tuple' | 'set' | 'frozenset';
  v: Value[];
  /** Number of items in all; `v` holds the first of them. */
  n: number;
  /** sha256 of the full canonical text, present when items were cut. */
  sha256?: string | undefined;
}
export interface ValueDict {
  t: 'dict';
  v: [Value, Value][];
  n: number;
  sha256?: string | undefined;
}
export interface ValueObject {
  t: 'object';
  cls: string;
  fields: [string, Value][];
  /** How it prints, where that says more than its fields: an estimator, a pipeline. */
  text?: z.infer<typeof textJson> | undefined;
}
export interface ArrayValue {
  t: 'array';
  lib: string;
  dtype: string;
  shape: number[];
  v: CellJson[];
  esc?: true | undefined;
  stats?: { min: FloatJson; max: FloatJson; mean: FloatJson; std: FloatJson; nan: number } | undefined;
  sha256?: string | undefined;
}
export interface FrameColumn {
  name: string;
  /** The name as it is, where it is no text or not storable as one: `0`, `('a', 1)`. */
  key?: Value | undefined;
  dtype: string;
  v: CellJson[];
  esc?: true | undefined;
}
export interface FrameValue {
  t: 'frame';
  lib: string;
  kind: 'frame' | 'series';
  shape: [number, number];
  index?: FrameColumn | undefined;
  columns: FrameColumn[];
  sha256?: string | undefined;
}
export type Value =
  | { t: 'none' }
  | { t: 'bool'; v: boolean; dtype?: string | undefined }
  | { t: 'int'; v: number | string; dtype?: string | undefined }
  | { t: 'float'; v: FloatJson; dtype?: string | undefined }
  | { t: 'complex'; re: FloatJson; im: FloatJson; dtype?: string | undefined }
  | ({ t: 'str' } & z.infer<typeof textJson>)
  | { t: 'bytes'; n: number; b64: string; sha256: string }
  | { t: 'datetime' | 'date' | 'time' | 'timedelta'; v: string; dtype?: string | undefined }
  | ValueArray
  | ValueDict
  | ValueObject
  | ArrayValue
  | FrameValue
  | z.infer<typeof imageValue>
  | z.infer<typeof codeValue>
  | z.infer<typeof errorValue>
  | z.infer<typeof richValue>
  | z.infer<typeof reprValue>;

/**
 * numpy arrays, torch tensors and the like. `v` is the flat head in C order (at most `limits.arrayItems`), floats by
 * `floatJson`'s names (long doubles that no double holds as decimal text), 64-bit integers past 2^53 as text, dates as ISO
 * text, complex as `[re, im]` interleaved, bytes as Latin-1 text, elements of a structured array as tagged tuples.
 */
export const arrayValue = z.object({
  t: z.literal('array'),
  lib: label,
  dtype: label,
  shape: z.array(z.int().nonnegative()).max(64),
  v: z.array(cellJson),
  esc: z.literal(true).optional(),
  /** Statistics over all elements of a numeric array, NaN left out. */
  stats: z.object({ min: floatJson, max: floatJson, mean: floatJson, std: floatJson, nan: z.int() }).optional(),
  /** Equal arrays, equal hash, whatever library, memory order or width of number (extension/nbpulse/array_hash.py). */
  sha256: sha256.optional(),
});

const frameColumn = z.object({
  name: z.string(),
  key: z.lazy(() => value).optional(),
  dtype: label,
  v: z.array(cellJson),
  esc: z.literal(true).optional(),
});

/**
 * A table or a series, column by column; `shape` is the full one, `v` holds the first rows. A series has one column. Without
 * `index` the rows are numbered from 0. `sha256`, of the whole, is there when something was cut.
 */
export const frameValue = z.object({
  t: z.literal('frame'),
  lib: label,
  kind: z.enum(['frame', 'series']),
  shape: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
  index: frameColumn.optional(),
  columns: z.array(frameColumn),
  sha256: sha256.optional(),
});

/** A picture. On its way in it carries `b64`; the server stores the bytes as a blob and keeps only their hash. */
export const imageValue = z.object({
  t: z.literal('image'),
  mime: z.enum(['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/svg+xml']),
  b64: base64.optional(),
  sha256,
  n: z.int().nonnegative(),
  width: z.int().positive().optional(),
  height: z.int().positive().optional(),
  /** What it was: `matplotlib.figure.Figure`, `PIL.Image`. */
  of: label,
});

/** Source of a function, method, lambda or class. */
export const codeValue = z.object({
  t: z.literal('code'),
  kind: z.enum(['function', 'method', 'lambda', 'class', 'builtin']),
  name: label,
  src: textJson,
});

export const errorValue = z.object({
  t: z.literal('error'),
  cls: label,
  message: textJson,
  tb: textJson.optional(),
});

/**
 * Anything with `_repr_mimebundle_` or `_repr_html_`, and charts as data: for `application/vnd.plotly.v1+json` and
 * `application/vnd.vega[lite].vN+json` `data` is JSON text, never cut. Shown only inside a sandboxed frame.
 */
export const richValue = z.object({
  t: z.literal('rich'),
  cls: label,
  mime: label,
  data: textJson,
  /** What it shows, in words. */
  alt: label.optional(),
});

/** The rest: its class and its `repr`, cut to `limits.reprChars`. */
export const reprValue = z.object({ t: z.literal('repr'), cls: label, text: textJson });

const optionalDtype = { dtype: label.optional() };
export const value: z.ZodType<Value> = z.lazy(() =>
  z.discriminatedUnion('t', [
    z.object({ t: z.literal('none') }),
    z.object({ t: z.literal('bool'), v: z.boolean(), ...optionalDtype }),
    z.object({ t: z.literal('int'), v: intJson, ...optionalDtype }),
    z.object({ t: z.literal('float'), v: floatJson, ...optionalDtype }),
    z.object({ t: z.literal('complex'), re: floatJson, im: floatJson, ...optionalDtype }),
    textJson.extend({ t: z.literal('str') }),
    z.object({ t: z.literal('bytes'), n: z.int().nonnegative(), b64: base64, sha256 }),
    z.object({ t: z.enum(['datetime', 'date', 'time', 'timedelta']), v: z.string().max(100), ...optionalDtype }),
    z.object({
      t: z.enum(['list', 'tuple', 'set', 'frozenset']),
      v: z.array(value),
      n: z.int().nonnegative(),
      sha256: sha256.optional(),
    }),
    z.object({
      t: z.literal('dict'),
      v: z.array(z.tuple([value, value])),
      n: z.int().nonnegative(),
      sha256: sha256.optional(),
    }),
    z.object({
      t: z.literal('object'),
      cls: label,
      fields: z.array(z.tuple([z.string(), value])),
      text: textJson.optional(),
    }),
    arrayValue,
    frameValue,
    imageValue,
    codeValue,
    errorValue,
    richValue,
    reprValue,
  ]),
);
