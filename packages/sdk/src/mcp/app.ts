import { describeServer } from './describe-server.ts'
import { type RemoteApp, remoteExtension } from './remote-extension.ts'

/** Written in front of the bundle by the command line. */
declare const IMPERAL_MCP_APP: RemoteApp | undefined

/** Absent as long as the bundle stands for no server. */
export const ext = typeof IMPERAL_MCP_APP === 'undefined' ? undefined : remoteExtension(IMPERAL_MCP_APP)
export { describeServer }
