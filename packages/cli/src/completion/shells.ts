import type { Command, CommandArgument, CommandOption } from '../define-command.ts'

/** One option as shells complete it: `--api`, `-t`, and what can stand behind it. */
interface Completed {
  readonly flags: readonly string[]
  readonly takesValue: boolean
  readonly values: readonly string[]
  readonly isFile: boolean
  readonly description: string
}

const completed = ({ flags, description, values = [] }: CommandOption): Completed => ({
  flags: flags.split(/,? /).filter((part) => part.startsWith('-')),
  takesValue: flags.includes('<'),
  values,
  isFile: flags.includes('<file>'),
  description,
})

const HELP: Completed = {
  flags: ['--help', '-h'],
  takesValue: false,
  values: [],
  isFile: false,
  description: 'show what a command does and takes',
}

const optionsOf = ({ options = [], passedOn = [] }: Command): Completed[] => [
  ...[...options, ...passedOn].map(completed),
  HELP,
]

const isFolder = ({ name }: CommandArgument): boolean => name === '[path]'
const isFile = ({ name }: CommandArgument): boolean => name === '<file>' || name === '<files...>'

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

const placesOf = ({ arguments: places = [] }: Command) => places

const bashWords = (words: readonly string[]): string =>
  `COMPREPLY=($(compgen -W ${quoted(words.join(' '))} -- "$word"))`
const BASH_FOLDERS = 'COMPREPLY=($(compgen -d -- "$word"))'
const BASH_FILES = 'COMPREPLY=($(compgen -f -- "$word"))'

/** What can stand behind one option; nothing where only the author knows. */
const bashValue = ({ flags, values, isFile: takesFile }: Completed): string =>
  `    ${flags.join('|')}) ${values.length > 0 ? `${bashWords(values)}; ` : takesFile ? `${BASH_FILES}; ` : ''}return ;;`

function bashPlace({ values = [], ...place }: CommandArgument, index: number): string[] {
  // What takes the rest stands at every further place.
  const at = place.name.includes('...') ? '*' : `${index + 1}`
  if (values.length > 0) return [`    ${at}) ${bashWords(values)} ;;`]
  if (isFile(place)) return [`    ${at}) ${BASH_FILES} ;;`]
  return isFolder(place) ? [`    ${at}) ${BASH_FOLDERS} ;;`] : []
}

function bashCase(command: Command): string {
  const options = optionsOf(command)
  const values = options.filter(({ takesValue }) => takesValue).map(bashValue)
  const places = placesOf(command).flatMap(bashPlace)
  return [
    `  ${command.name})`,
    ...(values.length === 0 ? [] : ['    case "$before" in', ...values, '    esac']),
    `    if [[ $word == -* ]]; then ${bashWords(options.flatMap(({ flags }) => flags))}; return; fi`,
    ...(places.length === 0 ? [] : ['    case "$place" in', ...places, '    esac']),
    '    ;;',
  ].join('\n')
}

const withValue = (commands: readonly Command[]): string[] => [
  ...new Set(
    commands.flatMap((command) => optionsOf(command).flatMap(({ takesValue, flags }) => (takesValue ? flags : []))),
  ),
]

const bash = (
  commands: readonly Command[],
): string => `# Completion of imperal for bash. In ~/.bashrc: source <(imperal completion bash)
_imperal() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} place=0 index=2
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    ${bashWords([...commands.map(({ name }) => name), '--version', '--help'])}
    return
  fi
  while ((index <= COMP_CWORD)); do
    case "\${COMP_WORDS[index-1]}" in
    ${withValue(commands).join('|')}) ;;
    *) [[ \${COMP_WORDS[index]} == -* ]] || ((place += 1)) ;;
    esac
    ((index += 1))
  done
  case "\${COMP_WORDS[1]}" in
${commands.map(bashCase).join('\n')}
  esac
}
complete -F _imperal imperal
`

const zshText = (text: string): string => text.replaceAll(/[[\]:]/g, (sign) => `\\${sign}`)

function zshOption({ flags, takesValue, values, isFile: takesFile, description }: Completed): string {
  const known = values.length > 0 ? `(${values.join(' ')})` : takesFile ? '_files' : ''
  const value = takesValue ? `:value:${known}` : ''
  const [first = ''] = flags
  const text = `[${zshText(description)}]${value}`
  if (flags.length === 1) return quoted(`${first}${text}`)
  return `${quoted(`(${flags.join(' ')})`)}{${flags.join(',')}}${quoted(text)}`
}

function zshPlace({ name, description, values = [] }: CommandArgument, index: number): string {
  const place = { name, description }
  const path = isFolder(place) ? '_files -/' : isFile(place) ? '_files' : ''
  const what = values.length > 0 ? `(${values.join(' ')})` : path
  const at = name.includes('...') ? '*' : `${index + 1}`
  return quoted(`${at}:${zshText(description)}:${what}`)
}

const zshCase = (command: Command): string =>
  `    ${command.name}) _arguments ${[...optionsOf(command).map(zshOption), ...placesOf(command).map(zshPlace)].join(' ')} ;;`

const zsh = (commands: readonly Command[]): string => `#compdef imperal
# Completion of imperal for zsh. In ~/.zshrc, behind compinit: source <(imperal completion zsh)
_imperal() {
  local -a commands=(
${commands.map(({ name, summary }) => `    ${quoted(`${name}:${zshText(summary)}`)}`).join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe 'command' commands
    return
  fi
  shift words
  ((CURRENT -= 1))
  case "$words[1]" in
${commands.map(zshCase).join('\n')}
  esac
}
compdef _imperal imperal
`

function fishOption(command: string, { flags, takesValue, values, isFile: takesFile, description }: Completed): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`))
  const known = values.length > 0 ? ` -a ${quoted(values.join(' '))}` : ''
  const value = takesValue ? `${takesFile ? ' -r -F' : ' -x'}${known}` : ''
  return `complete -c imperal -n '__imperal_runs ${command}' ${names.join(' ')}${value} -d ${quoted(description)}`
}

function fishCommand(command: Command): string[] {
  const places = placesOf(command)
  const [values = []] = places.map((place) => place.values ?? [])
  const runs = `__imperal_runs ${command.name}`
  const isUnset = `${runs}; and not __fish_seen_subcommand_from ${values.join(' ')}`
  const paths = places.some(isFile) ? ' -F' : places.some(isFolder) ? " -a '(__fish_complete_directories)'" : ''
  return [
    `complete -c imperal -n __imperal_runs_nothing -a ${command.name} -d ${quoted(command.summary)}`,
    ...(values.length === 0 ? [] : [`complete -c imperal -n ${quoted(isUnset)} -a ${quoted(values.join(' '))}`]),
    ...(paths === '' ? [] : [`complete -c imperal -n ${quoted(runs)}${paths}`]),
    ...optionsOf(command).map((option) => fishOption(command.name, option)),
  ]
}

const fish = (
  commands: readonly Command[],
): string => `# Completion of imperal for fish: imperal completion fish > ~/.config/fish/completions/imperal.fish
function __imperal_runs_nothing
    set -l words (commandline -opc)
    test (count $words) -eq 1
end
# Only the first word says which command runs: a value may be called like another one.
function __imperal_runs
    set -l words (commandline -opc)
    test (count $words) -gt 1; and test "$words[2]" = "$argv[1]"
end
complete -c imperal -f
${commands.flatMap(fishCommand).join('\n')}
`

/** A script for each shell, made from the commands: it asks no program, so that completing is instant. */
export const SHELLS: Readonly<Record<string, (commands: readonly Command[]) => string>> = { bash, zsh, fish }
