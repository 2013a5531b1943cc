/** The OpenAPI 3.1 document, from the same declarations that answer requests. */
import * as wire from '@nbpulse/schema/wire';
import { z } from 'zod';
import type { Route } from './route.js';

const schemaUri = (id: string) => `#/components/schemas/${id}`;
const problemReply = (description: string) => ({
  description,
  content: { 'application/json': { schema: { $ref: schemaUri('Problem') } } },
});

export function openApiDocument(routes: Route[], version: string): Record<string, unknown> {
  const input = new SchemaNames();
  const output = new SchemaNames();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { spec } of routes) {
    const id = operationId(spec);
    const parameters = [
      ...Object.entries(spec.params?.shape ?? {}).map(([name, schema]) => ({
        name,
        in: 'path',
        required: true,
        schema: plain(schema as z.ZodType),
      })),
      ...Object.entries(spec.query?.shape ?? {}).map(([name, schema]) => ({
        name,
        in: 'query',
        required: !(schema as z.ZodType).safeParse(undefined).success,
        schema: plain(schema as z.ZodType),
      })),
    ];
    const status = String(spec.status ?? (spec.reply || spec.replies ? 200 : 204));
    const success = spec.reply
      ? { description: 'Done', content: { 'application/json': { schema: output.refer(spec.reply, `${id}Reply`) } } }
      : { description: spec.replies ?? 'Done' };
    const requestBody = spec.body
      ? { required: true, content: { 'application/json': { schema: input.refer(spec.body, `${id}Body`) } } }
      : spec.bytes
        ? {
            required: true,
            description: spec.bytes.what,
            content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
          }
        : undefined;
    (paths[`/api/v1${spec.path}`] ??= {})[spec.method] = {
      operationId: id,
      summary: spec.summary,
      tags: [spec.tag],
      security: securityOf(spec.access),
      ...(parameters.length > 0 ? { parameters } : {}),
      ...(requestBody ? { requestBody } : {}),
      responses: { [status]: success, default: problemReply('Refused, in words') },
      'x-access': spec.access,
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'nbpulse',
      version,
      description: 'Everything a person can do on a page, a program can do here. Errors are a `Problem`.',
    },
    paths,
    components: {
      securitySchemes: {
        device: { type: 'http', scheme: 'bearer', description: 'The token that joining a lab gives' },
        staff: {
          type: 'apiKey',
          in: 'cookie',
          name: 'nbpulse.session_token',
          description: 'The cookie of a signed-in member of staff',
        },
        worker: { type: 'http', scheme: 'bearer', description: 'A worker’s token' },
      },
      schemas: { ...input.schemas('input'), ...output.schemas('output'), Problem: plain(wire.problem) },
    },
  };
}

/** Named schemas: the wire's own under their names, so that what recurs stands once. */
class SchemaNames {
  readonly #registry = z.registry<{ id: string }>();

  refer(schema: z.ZodType, fallback: string): { $ref: string } {
    const known = this.#registry.get(schema);
    if (known) return { $ref: schemaUri(known.id) };
    const id = wireNames.get(schema) ?? fallback;
    this.#registry.add(schema, { id });
    if (!this.#registry.has(wire.value)) this.#registry.add(wire.value, { id: 'Value' });
    return { $ref: schemaUri(id) };
  }

  schemas(io: 'input' | 'output'): Record<string, unknown> {
    return z.toJSONSchema(this.#registry, { io, unrepresentable: 'any', uri: schemaUri }).schemas;
  }
}

const wireNames = new Map<z.ZodType, string>(
  Object.entries(wire).flatMap(([name, item]) =>
    item instanceof z.ZodType ? [[item, name.charAt(0).toUpperCase() + name.slice(1)]] : [],
  ),
);

const plain = (schema: z.ZodType): unknown => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest;
};

function operationId({ method, path }: Route['spec']): string {
  const words = path.split(/[/{}.-]+/).filter(Boolean);
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function securityOf(access: wire.AccessRule): Record<string, never[]>[] {
  if (access === 'public' || access === 'link-holder') return [];
  return [{ [access === 'participant' ? 'device' : access === 'worker' ? 'worker' : 'staff']: [] }];
}
