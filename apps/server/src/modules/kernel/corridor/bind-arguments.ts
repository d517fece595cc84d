import type { JsonObject } from '@imperal/contract'
import { checkArguments } from '@imperal/contract/guards'
import { fitParams } from '@imperal/ir'
import { describeProblems, sentences } from '../arguments/describe-problems.ts'
import { ungroundedId } from '../arguments/ungrounded-id.ts'
import type { KernelParts } from '../parts.ts'
import { checkTarget } from './check-target.ts'
import { type AdmittedCall, type BoundCall, type Refusal, type RefusedCall, refuse } from './stages.ts'

const rejected = (code: string, message: string, data: JsonObject): Refusal => ({
  ledger: 'validation_rejected',
  code,
  message,
  data,
})

/** The guards are the library's, which authors try as well; the kernel only says in its own words what they found. */
function guardRefusal({ pass, handler }: AdmittedCall, params: JsonObject): Refusal | null {
  const failedCodes = pass.intent.evidence?.failedCodes ?? []
  const found = checkArguments(params, { actionType: handler.actionType, failedCodes })
  if (found === null) return null
  switch (found.guard) {
    case 'id_shape':
      return rejected(
        'FABRICATED_ID_SHAPE',
        `“${found.field}” does not look like a real id. List or search first, then use the id that you find.`,
        { field: found.field, value: found.value },
      )
    case 'placeholder_args':
      return rejected(
        'VALIDATION_MISSING_FIELD',
        `These values are still placeholders: ${found.paths.join(', ')}. What should they be?`,
        { missing_fields: [...found.paths] },
      )
    case 'write_arg_bleed':
      return rejected(
        'VALIDATION_TYPE_ERROR',
        `“${found.path}” holds the error of an earlier step instead of its content.`,
        {
          problems: [{ field: found.path, problem: `holds the error code ${found.code}` }],
          reason: 'error_bleed',
        },
      )
  }
}

function schemaRefusal(errors: Parameters<typeof describeProblems>[0], params: JsonObject): Refusal {
  const problems = describeProblems(errors, params)
  const missing = problems.filter((problem) => problem.missing).map((problem) => problem.field)
  return rejected(missing.length > 0 ? 'VALIDATION_MISSING_FIELD' : 'VALIDATION_TYPE_ERROR', sentences(problems), {
    missing_fields: missing,
    problems: problems.map(({ field, problem, reason }) => ({ field, problem, reason })),
  })
}

/** Declarative functions read `"5"` as 5 where a number is meant, and never see what they did not declare (I6.10). */
const fitted = ({ version }: AdmittedCall['use'], { paramsSchema }: AdmittedCall['handler'], given: JsonObject) =>
  version.format === 'ir' && paramsSchema !== null ? fitParams(given, paramsSchema) : given

/** What a model put into arguments without a basis. Reads may look for what is not there. */
function evidenceRefusal({ pass, handler }: AdmittedCall, params: JsonObject): Refusal | null {
  const { evidence } = pass.intent
  if (evidence === undefined || handler.actionType === 'read') return null
  const ungrounded = ungroundedId(params, evidence, handler)
  if (ungrounded === null) return null
  return rejected(
    'FABRICATED_ID_SHAPE',
    `“${ungrounded.field}” is an id that nobody named and nothing returned. List or search first, then use the id that you find.`,
    { ...ungrounded, reason: 'ungrounded' },
  )
}

/** G7: guards, the manifest's schema (defaults applied) and the target scope, in the order of kernel 3.4. */
export async function bindArguments(parts: KernelParts, call: AdmittedCall): Promise<BoundCall | RefusedCall> {
  const { pass, use, handler } = call
  const given = pass.intent.params
  const guarded = guardRefusal(call, given)
  if (guarded !== null) return refuse(call, guarded)
  const { params, errors } = parts.argumentCheck(use.version.manifest, handler)(fitted(use, handler, given))
  if (errors.length > 0) return refuse(call, schemaRefusal(errors, given))
  const ungrounded = evidenceRefusal(call, params)
  if (ungrounded !== null) return refuse(call, ungrounded)
  const target = await checkTarget(parts, call, params)
  if ('stage' in target) return target
  return { ...call, stage: 'bound', params, target } as unknown as BoundCall // the only place that may say so
}
