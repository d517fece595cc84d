import { formatReport, reportToJson } from '@imperal/validators'
import * as z from 'zod'
import { defineCommand, PATH_ARGUMENT } from '../define-command.ts'
import { bundleExtension } from '../project/bundle.ts'
import { findProject } from '../project/find-project.ts'
import { loadExtension } from '../project/load-extension.ts'
import { validateLoaded } from '../project/validate-loaded.ts'

export const validate = defineCommand({
  name: 'validate',
  summary: 'Check an extension against every rule and its types, each finding with its place and its fix',
  arguments: [PATH_ARGUMENT],
  options: [
    { flags: '--json', description: 'print the report as JSON' },
    { flags: '--strict', description: 'fail on warnings too' },
  ],
  input: z.object({ json: z.boolean().default(false), strict: z.boolean().default(false) }),
  async run({ args: [folder], options }, io) {
    const project = findProject(io, folder)
    const bundle = await bundleExtension(project)
    const loaded = await loadExtension(project, bundle)
    const report = await validateLoaded({ root: project.root, ...loaded, sources: bundle.sources }, io)
    io.out(options.json ? JSON.stringify(reportToJson(report), null, 2) : formatReport(report).trimEnd())
    return report.isValid && !(options.strict && report.warnings.length > 0) ? 0 : 1
  },
})
