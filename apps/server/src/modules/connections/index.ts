import './tables.ts'

export { connectionsErrors } from './errors.ts'
export { forgetConnections } from './forget-user.ts'
export { type ConnectionsOptions, openConnections } from './open-connections.ts'
export type * from './types.ts'
