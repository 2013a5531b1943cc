/**
 * JSON Schemas of what a client exchanges with a page and with the server, for those who write one in another language. Made from
 * the validators themselves; `schema/json/` holds the result, and a test keeps it fresh (`npm run json -w schema`).
 *
 * A JSON Schema cannot say everything that a validator checks: `docs/comm-protocol.md` tells the rest in words.
 */
import { z } from 'zod';
import {
  batchReply,
  checkpointReply,
  event,
  eventBatch,
  joinPreview,
  joinReply,
  joinRequest,
  kernelMessage,
  pageMessage,
  problem,
  receipt,
  value,
} from '../wire/index.js';

const documents = {
  value: [value, 'A value as it travels: an object with a tag t'],
  event: [event, 'What a kernel or a page reports, numbered within its stream'],
  'kernel-message': [kernelMessage, 'Kernel to page, on the comm nbpulse.data; the open message carries a hello'],
  'page-message': [pageMessage, 'Page to kernel, on the comm nbpulse.ack'],
  'event-batch': [eventBatch, 'POST /api/v1/labs/{lab}/events'],
  'batch-reply': [batchReply, 'The answer to an event-batch: what was saved, what was refused and why'],
  'join-preview': [joinPreview, 'GET /api/v1/join/{code}'],
  'join-request': [joinRequest, 'POST /api/v1/join'],
  'join-reply': [joinReply, 'The answer to a join-request: the token stands in no later answer'],
  'checkpoint-reply': [checkpointReply, 'The answer to POST /api/v1/me/checkpoints'],
  receipt: [receipt, 'The answer to POST /api/v1/me/submissions'],
  problem: [problem, 'Every answer with a status of 400 or more'],
} satisfies Record<string, [z.ZodType, string]>;

type Schema = Record<string, unknown>;

/** By file name, as `event.json`. They refer to each other by it. */
export function jsonSchemas(): Record<string, Schema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, [type]] of Object.entries(documents)) registry.add(type, { id });
  const { schemas } = z.toJSONSchema(registry, {
    io: 'input',
    uri: (id) => `${id}.json`,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      // The format says it; the validator's own pattern for an instant has 400 characters.
      if (jsonSchema.format === 'date-time' || jsonSchema.format === 'uuid') delete jsonSchema.pattern;
    },
  });
  return Object.fromEntries(
    Object.entries(documents).map(([id, [, description]]) => {
      const { $schema, $id, ...rest } = withEvents(schemas[id] as Schema);
      return [`${id}.json`, { $schema, $id, description, ...rest }];
    }),
  );
}

/** The validators of batches leave each event to be judged by itself; who writes a client wants to know what it is. */
function withEvents(schema: Schema): Schema {
  const branches = [schema, ...((schema['oneOf'] ?? []) as Schema[])];
  for (const branch of branches) {
    const events = (branch['properties'] as Record<string, Schema> | undefined)?.['events'];
    if (events) events['items'] = { $ref: 'event.json' };
  }
  return schema;
}
