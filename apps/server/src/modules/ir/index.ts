export { declaredAutomations } from './declared-automations.ts'
export { irErrors } from './errors.ts'
export { type Ir, type IrOptions, openIr } from './open-ir.ts'
export type { DeveloperPort, ReadyVersion } from './types.ts'
