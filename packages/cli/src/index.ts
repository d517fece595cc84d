import { processIo } from './process-io.ts'
import { runCli } from './run-cli.ts'

const code = await runCli(process.argv.slice(2), processIo())
// Code of an author that was loaded may hold timers; what is to be printed is out before the process ends.
process.exitCode = code
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)))
