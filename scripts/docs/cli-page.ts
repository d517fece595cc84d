import { COMMANDS } from '../../packages/cli/src/commands/index.ts'
import type { Command } from '../../packages/cli/src/define-command.ts'
import { NOTICE, table } from './markdown.ts'

const INTRO = `Inside a project every command is also a script of its \`package.json\` (\`npm run dev\`) or reached by \`npx --no-install imperal\`.
\`imperal <command> --help\` says the same as this page.

A command ends with exit code 0 when everything went well and with 1 otherwise; \`test\` ends with the code of the tests. What is wrong is
told on standard error: what happened, where, and how to mend it. \`imperal completion bash|zsh|fish\` writes completion for a shell.`

const SETTINGS: readonly (readonly string[])[] = [
  ['`IMPERAL_API_URL`', 'address of the platform; `--api` wins over it, and it over `imperal.api` of `package.json`'],
  ['`IMPERAL_GATEWAY_URL`', 'the same, under the name that tools of other languages use'],
  [
    '`IMPERAL_REGISTRY_URL`',
    'address of its registry, `<platform>/registry`: names the platform when the two above do not',
  ],
  ['`IMPERAL_API_KEY`', 'signs in without `imperal login`, for machines'],
]

const CREDENTIALS = `## Credentials

\`imperal login\` keeps sign-ins in \`~/.imperal/credentials\`, which only its owner can read. A file of that name in a folder (\`.imperal/credentials\`)
takes its place there. It is an INI file that you may edit:

\`\`\`ini
[default]
gateway_url = https://cloud.example.com
registry_url = https://cloud.example.com/registry
api_key = …
\`\`\`

\`gateway_url\` is the platform that counts when nothing else names one: neither \`--api\`, nor the environment, nor \`package.json\`. \`api_key\` signs in at
that platform, and at no other, where no sign-in is kept; it is optional. \`registry_url\` is the registry of that platform, for tools
that speak to it themselves; without a \`gateway_url\` it names the platform. A sign-in is a section under the address of its platform.`

interface Given {
  readonly description: string
  readonly values?: readonly string[]
}

/** With all that can be given, unless the words say it already. */
function meaning({ description, values = [] }: Given): string {
  if (values.every((value) => description.includes(value))) return description
  return `${description}: ${values.map((value) => `\`${value}\``).join(', ')}`
}

function section(command: Command): string {
  const { name, summary, arguments: args = [], options = [], passesOn } = command
  const usage = [
    'imperal',
    name,
    ...args.map((argument) => argument.name),
    ...(options.length > 0 ? ['[options]'] : []),
  ]
  const rows = [
    ...args.map((argument) => [`\`${argument.name}\``, meaning(argument)]),
    ...options.map((option) => [`\`${option.flags}\``, meaning(option)]),
  ]
  return [
    `## ${name}`,
    `${summary}.`,
    `\`\`\`sh\n${usage.join(' ')}\n\`\`\``,
    ...(rows.length > 0 ? [table(['argument or option', 'meaning'], rows)] : []),
    ...(passesOn === true ? ['Further arguments are handed on.'] : []),
  ].join('\n\n')
}

/** Every command with its arguments and options, from the objects that parse them. */
export const cliPage = (): string =>
  `# The command line\n\n${NOTICE}\n\n${INTRO}\n\n${table(['environment', 'meaning'], SETTINGS)}\n\n${CREDENTIALS}\n\n${COMMANDS.map(section).join('\n\n')}\n`
