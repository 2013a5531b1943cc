/**
 * Our wheel, wrapped so that `pip install <server>/wheel` works: pip takes an address for a wheel only when it ends in the wheel's full
 * name, and for a source archive otherwise. So there it gets a source archive whose build is to hand out the wheel inside; it
 * requires nothing, so pip needs no index for it.
 */
import { gzipSync } from 'node:zlib';

const project = `[build-system]
requires = []
build-backend = "hand_out"
backend-path = ["."]
`;
const backend = `"""Builds nothing: hands out the wheel that lies beside it."""
import pathlib
import shutil

WHEEL = next(pathlib.Path(__file__).parent.glob("*.whl"))


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    shutil.copy(WHEEL, wheel_directory)
    return WHEEL.name
`;

/** @param wheelName such as `nbpulse-0.1.0-py3-none-any.whl` */
export function sourceArchive(wheelName: string, wheel: Uint8Array): { name: string; bytes: Uint8Array<ArrayBuffer> } {
  const folder = wheelName.split('-').slice(0, 2).join('-');
  const files: [string, Uint8Array][] = [
    ['pyproject.toml', Buffer.from(project)],
    ['hand_out.py', Buffer.from(backend)],
    [wheelName, wheel],
  ];
  const parts = files.flatMap(([name, bytes]) => [
    tarHeader(`${folder}/${name}`, bytes.byteLength),
    bytes,
    padding(bytes.byteLength),
  ]);
  // Two empty blocks end a tar. The wheel inside is compressed already.
  const archive = gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * blockBytes)]), { level: 1 });
  return { name: `${folder}.tar.gz`, bytes: new Uint8Array(archive) };
}

const blockBytes = 512;
const padding = (bytes: number): Buffer => Buffer.alloc((blockBytes - (bytes % blockBytes)) % blockBytes);

/** A ustar header: https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html */
function tarHeader(name: string, bytes: number): Buffer {
  const header = Buffer.alloc(blockBytes);
  const octal = (value: number, at: number, digits: number) =>
    header.write(`${value.toString(8).padStart(digits, '0')}\0`, at);
  if (Buffer.byteLength(name) > 99) throw new Error(`the wheel's name is too long for an archive: ${name}`);
  header.write(name, 0);
  octal(0o644, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(bytes, 124, 11);
  octal(0, 136, 11);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\0' + '00', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}
