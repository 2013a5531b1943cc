/** What the plugin uses of a kernel connection, and of its messages. */
import type { Kernel, KernelMessage } from '@jupyterlab/services';

export type KernelPort = Pick<
  Kernel.IKernelConnection,
  | 'id'
  | 'clientId'
  | 'username'
  | 'status'
  | 'isDisposed'
  | 'info'
  | 'spec'
  | 'statusChanged'
  | 'iopubMessage'
  | 'anyMessage'
  | 'registerCommTarget'
  | 'removeCommTarget'
  | 'requestExecute'
  | 'sendShellMessage'
  | 'sendControlMessage'
>;

/** `KernelMessage.createMessage` of `@jupyterlab/services`, passed in. */
export type CreateMessage = typeof KernelMessage.createMessage;
