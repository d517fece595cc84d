import { files, JsonObject } from '@imperal/contract'
import { implement, type MountedRoute, reply } from '../../../foundation/http/index.ts'
import { fileErrors } from '../errors.ts'
import { isAccepted, kindsOf, typeOf } from '../files/file-kinds.ts'
import { sinksOf } from '../files/find-sinks.ts'
import { sendFile } from '../files/send-file.ts'
import type { KernelParts } from '../parts.ts'
import type { Kernel } from '../types.ts'
import { callerOf, refusalError, sourceOf } from './call-answer.ts'

function paramsOf(text: string): JsonObject {
  try {
    return JsonObject.parse(JSON.parse(text))
  } catch (error) {
    throw fileErrors.BAD_PARAMS({}, error)
  }
}

/** Files that people give to their apps (sdk.md 2.21). */
export function fileRoutes(parts: KernelParts, kernel: Kernel): MountedRoute[] {
  return [
    implement(files.sinks, async ({ user, query }) => {
      const type = typeOf(query.name, query.mime)
      const sinks = (await sinksOf(parts, callerOf(user))).filter(({ sink }) =>
        isAccepted(sink.accepts, query.name, type),
      )
      return {
        mime: type,
        kinds: [...kindsOf(query.name, type)],
        sinks: sinks.map(({ use, handler, sink }) => ({
          app_id: use.app.appId,
          app_name: use.app.name,
          tool: sink.tool,
          description: sink.description || handler.description,
          action_type: handler.actionType,
          accepts: sink.accepts,
          arg: sink.arg,
          arg_kind: sink.arg_kind,
        })),
      }
    }),
    implement(files.send, async ({ user, body, files: uploaded }) => {
      const { file } = uploaded
      if (file === undefined) throw fileErrors.MISSING()
      const sent = { appId: body.app_id, tool: body.tool, file, params: paramsOf(body.params), source: sourceOf(user) }
      const outcome = await sendFile(parts, kernel, callerOf(user), sent)
      if (outcome.refusal !== undefined) throw refusalError(outcome.refusal, body.app_id)
      return outcome.promoted?.late === true ? reply(202, outcome.response) : outcome.response
    }),
  ]
}
