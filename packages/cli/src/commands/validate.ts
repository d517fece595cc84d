import { formatReport, reportToJson } from '@imperal/validators'
import { validateProject } from '@imperal/validators/project'
import * as z from 'zod'
import { defineCommand, PATH_ARGUMENT } from '../define-command.ts'
import { bundleExtension } from '../project/bundle.ts'
import { findProject } from '../project/find-project.ts'
import { loadExtension } from '../project/load-extension.ts'

export const validate = defineCommand({
  name: 'validate',
  summary: 'Check an extension against every rule, each finding with its place and its fix',
  arguments: [PATH_ARGUMENT],
  options: [
    { flags: '--json', description: 'print the report as JSON' },
    { flags: '--strict', description: 'fail on warnings too' },
  ],
  input: z.object({ json: z.boolean().default(false), strict: z.boolean().default(false) }),
  async run({ args: [folder], options }, io) {
    const project = findProject(io, folder)
    const loaded = await loadExtension(project, await bundleExtension(project))
    const report = await validateProject(project.root, loaded, io.env)
    io.out(options.json ? JSON.stringify(reportToJson(report), null, 2) : formatReport(report).trimEnd())
    return report.isValid && !(options.strict && report.warnings.length > 0) ? 0 : 1
  },
})
