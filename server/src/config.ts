/** The environment of the server process, parsed once. */
import { resolve } from 'node:path';
import { z } from 'zod';

export interface Config {
  databaseUrl: string;
  host: string;
  port: number;
  /** Where browsers reach us, without a slash at the end. */
  publicUrl: string;
  /** Holds `blobs/`. */
  dataFolder: string;
  secretsFolder: string;
  /** Our own wheel, for `pip install <server>/wheel`; null when none was built. */
  wheel: string | null;
  tls: { cert: string; key: string } | null;
}

const environment = z
  .object({
    DATABASE_URL: z
      .string({
        error: 'is not set. Name a Postgres, such as postgres://user:password@host/nbpulse; npm start brings its own.',
      })
      .regex(/^postgres(ql)?:\/\//, 'is not the address of a Postgres: it begins with postgres://'),
    NBPULSE_HOST: z.string().min(1).default('127.0.0.1'),
    NBPULSE_PORT: z.coerce
      .number({ error: 'is not a port: a number from 0 to 65535, 0 for any free one' })
      .int()
      .min(0)
      .max(65535, 'is not a port: a number from 0 to 65535, 0 for any free one')
      .default(8787),
    NBPULSE_PUBLIC_URL: z
      .url({ protocol: /^https?$/, error: 'is not an address such as https://lab.example.org/nbpulse' })
      .optional(),
    NBPULSE_DATA: z
      .string({ error: 'is not set. Name a folder for pictures and notebooks, such as /var/lib/nbpulse.' })
      .min(1),
    NBPULSE_SECRETS: z.string().min(1).optional(),
    NBPULSE_WHEEL: z
      .string()
      .regex(/\.whl$/, 'is not a wheel: its name ends in .whl')
      .optional(),
    NBPULSE_TLS_CERT: z.string().min(1).optional(),
    NBPULSE_TLS_KEY: z.string().min(1).optional(),
  })
  .refine((env) => (env.NBPULSE_TLS_CERT === undefined) === (env.NBPULSE_TLS_KEY === undefined), {
    path: ['NBPULSE_TLS_CERT'],
    error: 'and NBPULSE_TLS_KEY go together: name both or none',
  });

/** The configuration, or what is wrong with the environment, one sentence a variable. */
export function readConfig(env: NodeJS.ProcessEnv): Config | { problems: string[] } {
  const given = Object.fromEntries(Object.entries(env).filter(([, text]) => text !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    return { problems: parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`) };
  }
  const { data } = parsed;
  const tls =
    data.NBPULSE_TLS_CERT && data.NBPULSE_TLS_KEY ? { cert: data.NBPULSE_TLS_CERT, key: data.NBPULSE_TLS_KEY } : null;
  const host = data.NBPULSE_HOST.includes(':') ? `[${data.NBPULSE_HOST}]` : data.NBPULSE_HOST;
  return {
    databaseUrl: data.DATABASE_URL,
    host: data.NBPULSE_HOST,
    port: data.NBPULSE_PORT,
    publicUrl: (data.NBPULSE_PUBLIC_URL ?? `${tls ? 'https' : 'http'}://${host}:${data.NBPULSE_PORT}`).replace(
      /\/+$/,
      '',
    ),
    dataFolder: resolve(data.NBPULSE_DATA),
    secretsFolder: resolve(data.NBPULSE_SECRETS ?? `${data.NBPULSE_DATA}/secrets`),
    wheel: data.NBPULSE_WHEEL === undefined ? null : resolve(data.NBPULSE_WHEEL),
    tls,
  };
}
