export { KERNEL_INSTEAD, KERNEL_LEFT_OUT } from './backup-rules.ts'
export type { Allowance, Allowances } from './callbacks/allowances.ts'
export { HANDLER_SECONDS } from './corridor/execute.ts'
export { kernelErrors } from './errors.ts'
export { EVENT_CURSOR } from './events/dispatch-events.ts'
export { maskByRole } from './events/mask-event.ts'
export { extractText } from './files/extract-text.ts'
export { typeOf } from './files/file-kinds.ts'
export { safeName } from './files/send-file.ts'
export { forgetCalls } from './forget-user.ts'
export type { AppAnalytics } from './ledger/count-actions.ts'
export { adoptRestoredLedger, checkLedger, type LedgerCheck } from './ledger/maintain-ledger.ts'
export { maskArguments, maskPersonal, toDatabaseJson } from './ledger/mask.ts'
export type { NodeSelf } from './ledger/node-lease.ts'
export { recordAction } from './ledger/record-action.ts'
export { openKernel } from './open-kernel.ts'
export type { NodeFacts } from './operator/read-nodes.ts'
export type { ProcessesOf, WorkSource } from './operator/read-processes.ts'
export {
  type ChatDelivery,
  type Decision,
  type DocumentRun,
  type FileInfo,
  type KernelLimits,
  type KernelOptions,
  type KernelSettings,
  kernelLimits,
  type PlatformPort,
  type PlatformRequest,
  type StoragePort,
  type TracedTurn,
} from './ports.ts'
export { type Ranked, rankFunctions } from './rank-functions.ts'
export { SKELETON_HEADER } from './skeletons/envelope.ts'
export type { StepEnd, StepHold } from './steps/kept-outcome.ts'
export * from './types.ts'

import './tables.ts'
