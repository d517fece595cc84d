import './tables.ts'

export { forgetCoding } from './forget-user.ts'
export { openCoding } from './open-coding.ts'
export type { Coding, CodingOptions } from './types.ts'
