/** Values for a JSON Schema of our OpenAPI document: mostly such as fit it, some with one thing wrong. */
import fc from 'fast-check';
import { hostileJson } from './hostile.js';

export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  prefixItems?: JsonSchema[];
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
}

/** Where a `$ref` leads. */
export type Components = Record<string, JsonSchema>;
/** Texts that mean something here: ids of others, names, codes. */
export type KnownTexts = (format: string | undefined) => fc.Arbitrary<string>;

const mostDepth = 5;

/** @param wrong one in so many values is something else */
export function fitting(
  schema: JsonSchema,
  components: Components,
  known: KnownTexts,
  wrong = 12,
  depth = 0,
): fc.Arbitrary<unknown> {
  const value = exact(schema, components, known, wrong, depth);
  return fc.oneof({ arbitrary: value, weight: wrong - 1 }, { arbitrary: hostileJson, weight: 1 });
}

function exact(
  schema: JsonSchema,
  components: Components,
  known: KnownTexts,
  wrong: number,
  depth: number,
): fc.Arbitrary<unknown> {
  const inner = (one: JsonSchema): fc.Arbitrary<unknown> => fitting(one, components, known, wrong, depth + 1);
  if (depth > mostDepth) return fc.constant(null);
  if (schema.$ref !== undefined) {
    const target = components[schema.$ref.split('/').at(-1) ?? ''];
    if (!target) return hostileJson;
    // Built when it is first wanted, and once: a value may hold values, to any depth.
    let built: fc.Arbitrary<unknown> | undefined;
    return fc.constant(null).chain(() => (built ??= exact(target, components, known, wrong, depth + 1)));
  }
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const either = schema.anyOf ?? schema.oneOf;
  if (either) return fc.oneof(...either.map(inner));
  if (schema.allOf) return inner(schema.allOf[0] ?? {});
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'object':
      return objects(schema, inner);
    case 'array':
      if (schema.prefixItems) return fc.tuple(...schema.prefixItems.map(inner));
      return fc.array(inner(schema.items ?? {}), { maxLength: 3 });
    case 'string':
      return texts(schema, known);
    case 'integer':
      return fc.oneof(
        fc.integer({ min: Math.max(schema.minimum ?? -3, -(2 ** 31)), max: Math.min(schema.maximum ?? 50, 2 ** 31) }),
        fc.constantFrom(schema.minimum ?? 0, schema.maximum ?? 2 ** 53),
      );
    case 'number':
      return fc.oneof(fc.integer({ min: -3, max: 100 }), fc.double({ noNaN: true, noDefaultInfinity: true }));
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return hostileJson;
  }
}

function objects(schema: JsonSchema, inner: (one: JsonSchema) => fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const entries = Object.entries(schema.properties ?? {});
  if (entries.length === 0 && typeof schema.additionalProperties === 'object') {
    return fc.dictionary(fc.string({ maxLength: 10 }), inner(schema.additionalProperties), { maxKeys: 3 });
  }
  const model = Object.fromEntries(entries.map(([name, one]) => [name, inner(one)]));
  const requiredKeys = schema.required?.filter((name) => name in model) ?? [];
  return fc.record(model, { requiredKeys });
}

function texts(schema: JsonSchema, known: KnownTexts): fc.Arbitrary<unknown> {
  const free = fc.string({ minLength: schema.minLength ?? 0, maxLength: Math.min(schema.maxLength ?? 30, 100) });
  if (schema.format === 'date-time') {
    const noInvalidDate = true;
    return fc
      .date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate })
      .map((at) => at.toISOString());
  }
  if (schema.pattern !== undefined) return fc.oneof(matching(schema.pattern), known(schema.format));
  return fc.oneof({ arbitrary: known(schema.format), weight: 2 }, { arbitrary: free, weight: 1 });
}

/** Building texts of a pattern is dear, and patterns recur: nearly every parameter is a UUID. */
const patterns = new Map<string, fc.Arbitrary<string>>();

function matching(pattern: string): fc.Arbitrary<string> {
  const known = patterns.get(pattern) ?? build(pattern);
  patterns.set(pattern, known);
  return known;
}

function build(pattern: string): fc.Arbitrary<string> {
  try {
    const made = fc.stringMatching(new RegExp(pattern));
    // What fast-check cannot build texts for (look-arounds, for one) is found here, and not in the middle of a run.
    fc.sample(made, { numRuns: 1, seed: 1 });
    return made;
  } catch {
    return fc.string({ maxLength: 20 });
  }
}
