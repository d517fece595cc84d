export { openGateway } from './open-gateway.ts'
export type { Gateway, GatewayOptions } from './types.ts'
