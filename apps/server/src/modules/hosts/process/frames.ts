import { CallbackFrame, type JsonValue, LogFrame, PongFrame, ReadyFrame, ReturnFrame } from '@imperal/contract'
import { z } from 'zod'

// What `JSON.parse` gave is JSON; walking large values once more to prove it would cost more than the call itself.
const Json = z.unknown() as unknown as z.ZodType<JsonValue>

const Frame = z.discriminatedUnion('t', [
  ReturnFrame.extend({ result: Json.optional() }),
  CallbackFrame.extend({ args: z.array(Json) }),
  LogFrame,
  PongFrame,
  ReadyFrame.extend({ manifest: z.record(z.string(), Json) }),
])
export type ReceivedFrame = z.infer<typeof Frame>

// A key that sets the prototype of whoever copies the object; it may be spelled with escapes.
const PROTOTYPE_KEY = /__proto__|\\u00/

/** Reads a frame of a guest; `null` when it is none. Keys named `__proto__` are dropped. */
export function readFrame(text: string): ReceivedFrame | null {
  try {
    const value: unknown = PROTOTYPE_KEY.test(text)
      ? JSON.parse(text, (key, member) => (key === '__proto__' ? undefined : member))
      : JSON.parse(text)
    const frame = Frame.safeParse(value)
    return frame.success ? frame.data : null
  } catch {
    return null
  }
}
