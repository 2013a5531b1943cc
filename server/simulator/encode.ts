/** Values as a kernel would encode them: the few kinds that a played class sends. */
import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import type { Value } from '@nbpulse/schema/wire';

export const int = (v: number): Value => ({ t: 'int', v });
export const float = (v: number): Value => ({ t: 'float', v });
export const text = (v: string): Value => ({ t: 'str', v });
export const list = (v: Value[]): Value => ({ t: 'list', v, n: v.length });
export const code = (name: string, src: string): Value => ({ t: 'code', kind: 'function', name, src: { v: src } });
export const error = (cls: string, message: string, line: string): Value => ({
  t: 'error',
  cls: `builtins.${cls}`,
  message: { v: message },
  tb: { v: `Traceback (most recent call last):\n  Cell In[17], line 4\n    ${line}\n${cls}: ${message}\n` },
});

export const array = (shape: number[], v: number[], dtype = 'float64'): Value => {
  const mean = v.reduce((sum, item) => sum + item, 0) / v.length;
  const std = Math.sqrt(v.reduce((sum, item) => sum + (item - mean) ** 2, 0) / v.length);
  const sha256 = createHash('sha256').update(`${dtype}|${shape.join()}|${v.join()}`).digest('hex');
  return {
    t: 'array',
    lib: 'numpy',
    dtype,
    shape,
    v,
    stats: { min: Math.min(...v), max: Math.max(...v), mean, std, nan: 0 },
    sha256,
  };
};

export const frame = (columns: Record<string, number[] | string[]>): Value => {
  const rows = Object.values(columns)[0]?.length ?? 0;
  return {
    t: 'frame',
    lib: 'pandas',
    kind: 'frame',
    shape: [rows, Object.keys(columns).length],
    index: { name: '', dtype: 'int64', v: Array.from({ length: rows }, (_, row) => row) },
    columns: Object.entries(columns).map(([name, v]) => ({
      name,
      dtype: typeof v[0] === 'number' ? 'float64' : 'object',
      v,
    })),
  };
};

type Point = readonly [x: number, y: number, colour: readonly [number, number, number]];

/** A scatter plot as a PNG: white ground, axes, a dot per point (both coordinates in 0…1). */
export function scatter(points: readonly Point[], width = 480, height = 360): Value {
  const row = width * 3 + 1;
  const pixels = Buffer.alloc(row * height, 255);
  for (let y = 0; y < height; y++) pixels[y * row] = 0; // filter byte of each line: none
  const paint = (x: number, y: number, [red, green, blue]: readonly [number, number, number]): void => {
    if (x < 0 || y < 0 || x >= width || y >= height) return;
    const at = Math.floor(y) * row + 1 + Math.floor(x) * 3;
    pixels[at] = red;
    pixels[at + 1] = green;
    pixels[at + 2] = blue;
  };
  const margin = 32;
  for (let x = margin; x < width - 12; x++) paint(x, height - margin, [90, 90, 90]);
  for (let y = 12; y < height - margin; y++) paint(margin, y, [90, 90, 90]);
  for (const [x, y, colour] of points) {
    const centreX = margin + 10 + x * (width - margin - 36);
    const centreY = height - margin - 10 - y * (height - margin - 36);
    for (let dy = -4; dy <= 4; dy++) {
      for (let dx = -4; dx <= 4; dx++) if (dx * dx + dy * dy <= 16) paint(centreX + dx, centreY + dy, colour);
    }
  }
  const png = encodePng(width, height, pixels);
  return {
    t: 'image',
    mime: 'image/png',
    b64: png.toString('base64'),
    sha256: createHash('sha256').update(png).digest('hex'),
    n: png.byteLength,
    width,
    height,
    of: 'matplotlib.figure.Figure',
  };
}

function encodePng(width: number, height: number, scanlines: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8); // 8 bits, RGB
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(scanlines)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(body.byteLength + 8);
  frame.writeUInt32BE(data.byteLength, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), body.byteLength + 4);
  return frame;
}

/** CRC-32 as PNG wants it (ISO 3309). Node 20.20 has none built in. */
function crc32(bytes: Buffer): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
