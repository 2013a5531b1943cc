/**
 * Joining a lab, as the panel asks for it.
 *
 * States: `asking` (name, server and code can be typed) → `sending` → `joined`, or back to `asking` with words about
 * what was wrong, or `taken` (the name is there already: a return code says "it is me", or one joins as another) →
 * `sending` …
 */
import { joinCode, personName, showJoinCode, type JoinPreview, type JoinReply } from '@nbpulse/schema/wire';
import { Signal } from '@lumino/signaling';
import { parseAddress, type ServerAddress } from './address.js';
import { ServerApi } from './api.js';
import type { Identity } from './store.js';

export type JoinStage = 'asking' | 'sending' | 'taken';
export type JoinField = 'server' | 'code' | 'name' | 'returnCode';

export interface JoinParts {
  /** From settings or the notebook; empty when it is to be typed. */
  address: string;
  code: string;
  name: string;
  deviceLabel: string;
  apiFor?: (server: ServerAddress) => Pick<ServerApi, 'preview' | 'join'>;
}

export class Join {
  readonly changed = new Signal<this, undefined>(this);
  readonly joined = new Signal<this, { identity: Identity; server: ServerAddress }>(this);

  stage: JoinStage = 'asking';
  address: string;
  code: string;
  name: string;
  returnCode = '';
  /** What is behind the code, once the server told. */
  preview: JoinPreview | null = null;
  /** What is wrong, in words, and with which field; null field: with none of them. */
  problem: { field: JoinField | null; message: string } | null = null;
  /** True when the address came with the notebook or the settings and needs no field. */
  readonly isAddressGiven: boolean;

  private readonly apiFor: (server: ServerAddress) => Pick<ServerApi, 'preview' | 'join'>;
  private previewed = '';

  constructor(private readonly parts: JoinParts) {
    this.address = parts.address;
    this.code = parts.code;
    this.name = parts.name;
    this.isAddressGiven = parseAddress(parts.address).ok;
    this.apiFor = parts.apiFor ?? ((server) => new ServerApi(server, null));
    const code = joinCode.safeParse(parts.code);
    if (code.success) this.code = showJoinCode(code.data);
  }

  get host(): string | null {
    const address = parseAddress(this.address);
    return address.ok ? address.value.host : null;
  }

  type(field: JoinField, text: string): void {
    if (field === 'server') this.address = text;
    else if (field === 'code') this.code = text;
    else if (field === 'name') this.name = text;
    else this.returnCode = text;
    if (field !== 'name' && field !== 'returnCode') this.preview = null;
    if (this.problem?.field === field) this.problem = null;
    if (this.stage === 'taken' && field !== 'returnCode') this.stage = 'asking';
    this.changed.emit(undefined);
  }

  /** Asks what is behind the code, so that the student reads the lab's name before giving their own. */
  async look(): Promise<void> {
    const address = parseAddress(this.address);
    const code = joinCode.safeParse(this.code);
    if (!address.ok || !code.success) return;
    const key = `${address.value.base} ${code.data}`;
    if (key === this.previewed && this.preview) return;
    this.previewed = key;
    const reply = await this.apiFor(address.value).preview(code.data);
    if (this.previewed !== key || this.stage === 'sending') return;
    if (reply.ok) {
      this.preview = reply.value;
      this.problem = null;
    } else {
      this.problem = { field: fieldOf(reply.problem.code), message: reply.problem.message };
    }
    this.changed.emit(undefined);
  }

  /** The button. `as`: after "is this you?", the answer. */
  async send(as?: 'me' | 'another'): Promise<void> {
    if (this.stage === 'sending') return;
    const address = parseAddress(this.address);
    if (!address.ok) {
      this.complain('server', address.message);
      return;
    }
    const code = joinCode.safeParse(this.code);
    if (!code.success) {
      this.complain('code', 'A join code has eight letters and digits, like KMNS-42QX. Your teacher shows it.');
      return;
    }
    const name = personName.safeParse(this.name);
    if (!name.success) {
      this.complain('name', sentence(name.error.issues[0]?.message ?? 'type your name'));
      return;
    }
    if (as === 'me' && this.returnCode.trim() === '') {
      this.complain(
        'returnCode',
        'Type your return code. It stands under “What is stored about me” where you joined first; your teacher can read it too.',
      );
      return;
    }
    this.stage = 'sending';
    this.problem = null;
    this.changed.emit(undefined);
    const reply = await this.apiFor(address.value).join({
      code: code.data,
      name: name.data,
      device: { kind: 'page', label: this.parts.deviceLabel },
      ...(as === 'me' ? { returnCode: this.returnCode.trim() } : {}),
      ...(as === 'another' ? { another: true } : {}),
    });
    if (reply.ok) {
      const identity = identityOf(reply.value, address.value, code.data);
      // Read beside the button: it need not be said again.
      if (this.preview?.activity) identity.isActivityTold = true;
      this.joined.emit({ identity, server: address.value });
      return;
    }
    this.stage = reply.problem.code === 'name-taken' || as !== undefined ? 'taken' : 'asking';
    this.problem =
      reply.problem.code === 'name-taken' && as === undefined
        ? null
        : { field: fieldOf(reply.problem.code), message: reply.problem.message };
    this.changed.emit(undefined);
  }

  private complain(field: JoinField, message: string): void {
    this.problem = { field, message };
    this.changed.emit(undefined);
  }
}

function fieldOf(code: string): JoinField | null {
  switch (code) {
    case 'wrong-code':
    case 'not-found':
      return 'code';
    case 'wrong-return-code':
      return 'returnCode';
    case 'unreachable':
    case 'not-nbpulse':
      return 'server';
    default:
      return null;
  }
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

function identityOf(reply: JoinReply, server: ServerAddress, code: string): Identity {
  return {
    server: server.base,
    lab: reply.lab.id,
    labName: reply.lab.name,
    participant: reply.participant,
    name: reply.name,
    token: reply.token,
    returnCode: reply.returnCode,
    joinCode: code,
  };
}
