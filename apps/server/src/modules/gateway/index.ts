export { type Forward, openForward } from './forward.ts'
export { openGateway } from './open-gateway.ts'
export type { InsideAnswer, InsideRequest } from './open-inside.ts'
export type { Gateway, GatewayOptions } from './types.ts'
