import {
  type InitializeRequest,
  isInitializeRequest,
  isJSONRPCRequest,
  type JSONRPCMessage,
  JSONRPCMessageSchema,
} from '@modelcontextprotocol/sdk/types.js'

/** What a client sent at once. */
export interface Messages {
  readonly introduction: InitializeRequest | null
  readonly requests: readonly JSONRPCMessage[]
  /** Answers and notices, which may concern an exchange of another node. */
  readonly forOthers: readonly JSONRPCMessage[]
  readonly isBatch: boolean
}

const MOST = 100

/** Null when it is nothing of the protocol. An introduction stands alone. */
export function read(body: unknown): Messages | null {
  const isBatch = Array.isArray(body)
  const given: unknown[] = isBatch ? body : [body]
  if (given.length === 0 || given.length > MOST) return null
  const messages: JSONRPCMessage[] = []
  for (const one of given) {
    const message = JSONRPCMessageSchema.safeParse(one)
    if (!message.success) return null
    messages.push(message.data)
  }
  const introduction = messages.find((message) => isInitializeRequest(message)) ?? null
  if (introduction !== null && messages.length > 1) return null
  return {
    introduction,
    requests: messages.filter((message) => isJSONRPCRequest(message)),
    forOthers: messages.filter((message) => !isJSONRPCRequest(message)),
    isBatch,
  }
}
