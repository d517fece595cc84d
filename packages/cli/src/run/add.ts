import { addToProject } from '../add/add-to-project.ts'
import { type AddOptions, KINDS } from '../commands/add.ts'
import type { Run } from '../define-command.ts'
import { CliFailure } from '../failure.ts'
import { findProject } from '../project/find-project.ts'

export const run: Run<typeof AddOptions> = async ({ args: [kind = '', name = '', folder], options }, io) => {
  const known = KINDS.find((each) => each === kind)
  if (known === undefined) {
    throw new CliFailure(`'${kind}' cannot be added.`, { hint: `Choose ${KINDS.join(', ')}.` })
  }
  const { root } = findProject(io, folder)
  const { file, ...others } = options
  const added = await addToProject(root, { kind: known, name, options: others, file })
  io.out(`Added the ${known} ${added.name} in ${added.file}:${added.line}`)
  io.out(`  ${added.next}`)
  io.out('  `imperal validate` checks it.')
  return 0
}
