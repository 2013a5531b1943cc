/**
 * One open notebook: which lab it belongs to, whether the student has joined, its kernel's comms and its cells' marks.
 *
 * States: `opening` → `unlinked` (names no lab; the panel takes address and code) or `outside` (names a lab, not joined:
 * the panel asks for a name) → `seated`. A kernel that restarts or is exchanged changes the custodian, not the state.
 */
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel, KernelMessage } from '@jupyterlab/services';
import type { BatchReply, NotebookLink } from '@nbpulse/schema/wire';
import { UUID } from '@lumino/coreutils';
import { Signal } from '@lumino/signaling';
import type { CellRun } from './activity.js';
import { CellMarks, Executions } from './cell-marks.js';
import { Custodian, type ArrivedRecords, type UnclaimedJournal } from './custodian.js';
import { Join } from './join.js';
import { registerInKernel } from './kernel-source.js';
import { savedBytes } from './notebook-bytes.js';
import { readLink, serverOf } from './notebook-link.js';
import type { Room } from './room.js';
import type { Seat } from './seat.js';
import { questionOf } from './send-lines/index.js';

export type DeskState = 'opening' | 'unlinked' | 'outside' | 'seated';

/** Kernels that this browser tab has heard us from: after a reload the page speaks to them at once. */
const spokenKey = (kernelId: string): string => `nbpulse:speaks:${kernelId}`;

/** Before leaving a computer, what waits gets this long to go out. */
const lastChanceMs = 5_000;

export class Desk {
  readonly changed = new Signal<this, undefined>(this);
  /** The student should see the panel once: a notebook that names a lab was opened for the first time. */
  readonly wantsPanel = new Signal<this, undefined>(this);
  readonly asked = new Signal<this, 'checkpoint' | 'submit'>(this);

  state: DeskState = 'opening';
  link: NotebookLink = {};
  join: Join | null = null;
  seat: Seat | null = null;
  /** What went wrong with this notebook, in words; shown once in the status line and in the panel. */
  trouble: string | null = null;
  isSaving = false;
  /** The notebook is being saved for a trial. */
  isTrying = false;
  /** Journals of kernels that ended before anyone had joined here; on a shared computer they may be anyone's. */
  unclaimed: UnclaimedJournal[] = [];

  private custodian: Custodian | null = null;
  private readonly marks: CellMarks;
  private readonly executions = new Executions();
  private readonly unsaved = new Set<string>();
  private readonly askedIds = new Set<string>();
  private readonly passedOver = new Set<string>();

  constructor(
    readonly panel: NotebookPanel,
    private readonly room: Room,
  ) {
    this.marks = new CellMarks(panel.content, room.parts.clock, this.executions, () => ({
      waiting: this.seat?.waiting ?? this.unsaved.size,
      isOffline: !this.seat || this.seat.connection.kind === 'offline' || this.seat.connection.kind === 'expired',
      isByKernel: this.seat?.connection.kind === 'by-kernel',
    }));
    panel.sessionContext.kernelChanged.connect(this.onKernelChanged);
    room.seated.connect(this.onSeated);
    room.left.connect(this.onLeft);
    room.settingsChanged.connect(this.onSeated);
    panel.disposed.connect(() => this.dispose());
    // As soon as there is a kernel, and never behind its `info`: that stays pending while a cell runs.
    this.attach(panel.sessionContext.session?.kernel ?? null);
    void panel.context.ready.then(() => {
      panel.content.model?.metadataChanged.connect((_, change) => {
        if (change.key === 'nbpulse') void this.settle();
      });
      return this.settle();
    });
  }

  /** Records that the kernel holds for a student who has not joined yet. */
  get heldByKernel(): number {
    return this.seat ? 0 : this.unsaved.size;
  }

  /** Finds out where this notebook belongs. Called again when its metadata or the settings change. */
  async settle(): Promise<void> {
    if (this.panel.isDisposed) return;
    const read = readLink(this.panel.content.model?.getMetadata('nbpulse'));
    this.link = read.ok ? read.value : {};
    if (!read.ok) this.tell(read.message);
    const { settings, identities, parts } = this.room;
    const server = serverOf({ settings: settings.server, link: this.link, environment: parts.environment });
    const identity = await identities.find(server, this.link, this.panel.context.path);
    const seat = identity ? this.room.seat(identity) : null;
    if (seat) {
      this.sit(seat);
      return;
    }
    const name = settings.name || (await identities.lastName());
    this.stand();
    this.ask(new Join({ address: server?.base ?? '', code: this.link.joinCode ?? '', name, ...this.joinParts() }));
    this.state = server && (this.link.lab ?? this.link.joinCode) ? 'outside' : 'unlinked';
    this.changed.emit(undefined);
    if (this.state === 'outside') {
      if (this.room.isInReach(server)) void this.join?.look();
      void this.offerKernel();
      this.wantsPanel.emit(undefined);
    }
  }

  /** The token is worth nothing any more: the form again, filled with what is known here. */
  joinAgain(): void {
    const identity = this.seat?.identity;
    if (!identity) return;
    this.stand();
    const { server: address, joinCode: code, name } = identity;
    const join = new Join({ address, code, name, ...this.joinParts() });
    join.returnCode = identity.returnCode;
    this.ask(join);
    this.state = 'outside';
    void join.look();
    this.changed.emit(undefined);
  }

  /** Stores the notebook as it is. */
  async checkpoint(): Promise<void> {
    await this.handIn('checkpoint', null);
  }
  /** Hands the notebook in for `assignment`. */
  async submit(assignment: string): Promise<void> {
    await this.handIn('submission', assignment);
  }

  /** Runs the visible tests of `assignment` on the notebook as it is; nothing is handed in. */
  async tryTests(assignment: string): Promise<void> {
    const seat = this.seat;
    if (!seat || this.isTrying || this.isSaving) return;
    this.isTrying = true;
    this.tell(null);
    const saved = await savedBytes(this.panel, this.room.parts.contents);
    this.isTrying = false;
    this.tell(saved.ok ? null : saved.message);
    if (saved.ok) await seat.trials.start({ id: UUID.uuid4(), assignment, bytes: saved.value.bytes });
  }

  /** "These are mine": they go out as this student's. */
  claim({ stream }: UnclaimedJournal): void {
    this.custodian?.claim(stream);
    this.passOver({ stream });
  }
  /** "Not mine": not asked again on this page. */
  passOver({ stream }: Pick<UnclaimedJournal, 'stream'>): void {
    this.passedOver.add(stream);
    this.unclaimed = this.unclaimed.filter((journal) => journal.stream !== stream);
    this.changed.emit(undefined);
  }

  /** A code cell has run, or stopped with an error of this class. */
  ran(run: CellRun): void {
    const seat = this.seat;
    if (!seat) return;
    seat.activity.ran(run);
    const question = seat.sending.isOn ? null : questionOf(run.source);
    if (question !== null) this.marks.passOver(run.cell, question);
  }

  async leave(): Promise<void> {
    const seat = this.seat;
    if (!seat) return;
    await seat.drain(lastChanceMs);
    this.custodian?.leave();
    await this.room.leave(seat);
  }

  tell(message: string | null): void {
    this.trouble = message;
    this.changed.emit(undefined);
  }

  private async handIn(kind: 'checkpoint' | 'submission', assignment: string | null): Promise<void> {
    const seat = this.seat;
    if (!seat || this.isSaving) return;
    this.isSaving = true;
    this.tell(null);
    const saved = await savedBytes(this.panel, this.room.parts.contents);
    if (saved.ok) {
      const path = this.panel.context.path;
      try {
        await seat.handIn({ kind, assignment, path, ...saved.value, id: UUID.uuid4() });
      } catch {
        this.tell(
          'This browser has no room left to keep the notebook until it is sent. Free some space and try again.',
        );
      }
    }
    this.isSaving = false;
    this.tell(saved.ok ? this.trouble : saved.message);
  }

  private async admit(identity: Parameters<Room['seat']>[0]): Promise<void> {
    // Coming back under the same name on the same computer keeps what was chosen here.
    const known = await this.room.identities.known(identity);
    const isSame = known?.participant === identity.participant;
    await this.room.identities.keep(isSame ? { ...known, ...identity } : identity);
    if (identity.lab !== this.link.lab) await this.room.identities.linkPath(this.panel.context.path, identity);
    this.room.seat(identity);
    await this.settle();
  }

  private joinParts(): Pick<ConstructorParameters<typeof Join>[0], 'deviceLabel' | 'apiFor'> {
    return { deviceLabel: this.room.parts.deviceLabel, apiFor: (server) => this.room.apiTo(server) };
  }

  private ask(join: Join): void {
    this.join = join;
    join.changed.connect(() => this.changed.emit(undefined));
    join.joined.connect((_, { identity }) => void this.admit(identity));
  }

  private sit(seat: Seat): void {
    if (this.seat !== seat) {
      this.stand();
      this.seat = seat;
      seat.changed.connect(this.onSeatChanged);
      seat.answered.connect(this.onAnswered);
      seat.sending.changed.connect(this.onSending);
    }
    this.join = null;
    this.state = 'seated';
    this.custodian?.setSending(seat.sending.isOn);
    this.custodian?.enrol(seat.enrolment);
    void this.offerKernel();
    this.changed.emit(undefined);
  }

  private stand(): void {
    this.seat?.changed.disconnect(this.onSeatChanged);
    this.seat?.answered.disconnect(this.onAnswered);
    this.seat?.sending.changed.disconnect(this.onSending);
    this.seat = null;
  }

  private readonly onSeated = (): void => {
    if (this.state === 'outside' || this.state === 'unlinked') void this.settle();
  };
  private readonly onLeft = (_: Room, seat: Seat): void => {
    if (this.seat !== seat) return;
    this.custodian?.leave();
    void this.settle();
  };
  private readonly onSeatChanged = (): void => {
    this.marks.redraw();
    this.changed.emit(undefined);
  };
  private readonly onSending = (_: unknown, isOn: boolean): void => {
    this.custodian?.setSending(isOn);
  };
  private readonly onAnswered = (_: Seat, reply: BatchReply): void => {
    if (this.custodian?.speaksFor(reply.stream)) this.custodian.relay(reply);
    this.marks.answer(reply);
  };

  private readonly onKernelChanged = (_: unknown, change: { newValue: Kernel.IKernelConnection | null }): void => {
    this.attach(change.newValue);
  };

  private attach(kernel: Kernel.IKernelConnection | null): void {
    if (this.custodian?.kernel === kernel) return;
    if (this.custodian) this.room.kernels.delete(this.custodian.kernel);
    this.custodian?.dispose();
    this.custodian = null;
    this.unsaved.clear();
    this.unclaimed = [];
    if (!kernel) return;
    this.room.kernels.add(kernel);
    const custodian = new Custodian(kernel, this.room.parts.createMessage, this.room.parts.clock, (stream) =>
      this.room.outbox.seqs(stream),
    );
    this.custodian = custodian;
    if (this.seat) {
      custodian.setSending(this.seat.sending.isOn);
      custodian.enrol(this.seat.enrolment);
    }
    custodian.arrived.connect((_, records) => this.onRecords(records));
    custodian.troubled.connect((_, { code, message }) => {
      // The panel says these in its own words, and what is kept.
      if (!['lab-closed', 'lab-deleted', 'sending-off'].includes(code)) this.tell(message);
    });
    custodian.offered.connect((_, journals) => {
      this.unclaimed = journals.filter(({ stream }) => !this.passedOver.has(stream));
      this.changed.emit(undefined);
    });
    custodian.told.connect((_, { stream, saved, refused }) => this.onKernelSaved(stream, { saved, refused }));
    custodian.asked.connect((_, { what, id }) => {
      if (this.askedIds.has(id)) return;
      this.askedIds.add(id);
      this.asked.emit(what);
    });
    kernel.anyMessage.connect((_, { msg, direction }) => {
      if (direction === 'send') this.onSent(msg);
    });
    let isRestarting = false;
    kernel.statusChanged.connect((_, status) => {
      if (status === 'restarting' || status === 'autorestarting') isRestarting = true;
      else if (isRestarting && (status === 'idle' || status === 'busy')) {
        isRestarting = false;
        void this.offerKernel();
      }
    });
    if (sessionStorage.getItem(spokenKey(kernel.id))) custodian.speak();
    if (this.join?.isAddressGiven && !this.join.preview) void this.join.look();
    void this.offerKernel();
  }

  /** Gives the kernel our package if it lacks it, and says who the student is. Only for notebooks of a lab. */
  private async offerKernel(): Promise<void> {
    const custodian = this.custodian;
    if (!custodian || this.state === 'opening' || this.state === 'unlinked') return;
    const isThere = await registerInKernel(custodian.kernel, this.room.parts.kernelBundle);
    if (isThere && this.custodian === custodian) custodian.speak();
  }

  private onSent(message: KernelMessage.IMessage): void {
    if (message.header.msg_type !== 'execute_request') return;
    const cellId = message.metadata['cellId'];
    if (typeof cellId !== 'string') return;
    this.executions.note(message.header.msg_id, cellId);
    this.marks.start(cellId, message.header.msg_id);
  }

  private onRecords(records: ArrivedRecords): void {
    if (this.custodian) sessionStorage.setItem(spokenKey(this.custodian.kernel.id), '1');
    this.marks.arrive(records);
    if (this.seat) void this.seat.take(records.stream, records.events);
    else {
      // Nobody's yet: they stay in the kernel's journal, which sends them when the student has joined.
      for (const { seq } of records.events) this.unsaved.add(`${records.stream}/${seq}`);
      this.changed.emit(undefined);
    }
  }

  /** By its own pipe, while this page may not reach the server, or was slower. */
  private onKernelSaved(stream: string, told: Pick<BatchReply, 'saved' | 'refused'>): void {
    if (this.seat) {
      this.seat.hearKernel(stream, told);
      return;
    }
    // Enrolled by its environment: the page has no seat, and the marks are right all the same.
    this.marks.answer({ stream, ...told });
    for (const seq of told.saved) this.unsaved.delete(`${stream}/${seq}`);
    this.changed.emit(undefined);
  }

  private dispose(): void {
    this.panel.sessionContext.kernelChanged.disconnect(this.onKernelChanged);
    this.room.seated.disconnect(this.onSeated);
    this.room.left.disconnect(this.onLeft);
    this.room.settingsChanged.disconnect(this.onSeated);
    this.stand();
    if (this.custodian) this.room.kernels.delete(this.custodian.kernel);
    this.custodian?.dispose();
    this.custodian = null;
    this.marks.dispose();
    Signal.clearData(this);
  }
}
