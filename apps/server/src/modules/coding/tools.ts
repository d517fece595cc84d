import type { JsonObject } from '@imperal/contract'
import type { LlmTool } from '../llm/index.ts'

const text = (description: string): JsonObject => ({ type: 'string', description })
const whole = (description: string): JsonObject => ({ type: 'integer', description })
const schema = (properties: JsonObject, required: string[] = []): JsonObject => ({
  type: 'object',
  properties,
  required,
})
const PATH = text('Path, relative to the root of the repository.')
const EDIT = {
  old_string: text('Exactly what stands there now; once in the file.'),
  new_string: text('What stands there then.'),
}

/** What runs in the terminal, as the model knows it. */
const LOCAL: readonly LlmTool[] = [
  {
    name: 'orient',
    description: 'An overview of the repository: what it is and where things are.',
    inputSchema: schema({}),
  },
  {
    name: 'repo_profile',
    description: 'Languages, package managers and commands of the repository.',
    inputSchema: schema({}),
  },
  { name: 'list_dir', description: 'Entries of a folder.', inputSchema: schema({ path: PATH }) },
  {
    name: 'glob',
    description: 'Files whose path fits a pattern such as src/**/*.ts.',
    inputSchema: schema({ pattern: text('Pattern.') }, ['pattern']),
  },
  {
    name: 'read_file',
    description: 'Content of a file, or of some of its lines.',
    inputSchema: schema({ path: PATH, offset: whole('First line.'), limit: whole('Lines at most.') }, ['path']),
  },
  {
    name: 'grep',
    description: 'Lines that fit a regular expression.',
    inputSchema: schema({ pattern: text('Regular expression.'), path: PATH, glob: text('Only files that fit.') }, [
      'pattern',
    ]),
  },
  {
    name: 'search_code',
    description: 'Places in the code that mean what is asked for, in words.',
    inputSchema: schema({ query: text('What to find.') }, ['query']),
  },
  {
    name: 'graph_slice',
    description: 'What a symbol uses and what uses it.',
    inputSchema: schema({ symbol: text('Name.') }, ['symbol']),
  },
  {
    name: 'impact_of_change',
    description: 'What a change of a file or symbol could break.',
    inputSchema: schema({ target: text('Path or name.') }, ['target']),
  },
  {
    name: 'contract_slice',
    description: 'Public interface of a file or module.',
    inputSchema: schema({ target: text('Path or name.') }, ['target']),
  },
  {
    name: 'write_file',
    description: 'Writes a whole file, new or instead of what is there.',
    inputSchema: schema({ path: PATH, content: text('All of it.') }, ['path', 'content']),
  },
  {
    name: 'edit_file',
    description: 'Replaces one passage of a file.',
    inputSchema: schema({ path: PATH, ...EDIT }, ['path', 'old_string', 'new_string']),
  },
  {
    name: 'multi_edit',
    description: 'Replaces several passages of a file, all or none.',
    inputSchema: schema({ path: PATH, edits: { type: 'array', items: schema(EDIT, ['old_string', 'new_string']) } }, [
      'path',
      'edits',
    ]),
  },
  {
    name: 'bash',
    description: 'Runs a command in the repository.',
    inputSchema: schema({ command: text('The command.'), timeout_s: whole('Seconds.') }, ['command']),
  },
  {
    name: 'diff',
    description: 'What has changed since the last checkpoint, or since one that is named.',
    inputSchema: schema({ checkpoint: text('Its id.') }),
  },
  {
    name: 'checkpoint',
    description: 'Keeps the present state of the files. One is made before every change by itself.',
    inputSchema: schema({ reason: text('What for.') }),
  },
  {
    name: 'rollback',
    description: 'Puts the files back to a checkpoint.',
    inputSchema: schema({ checkpoint: text('Its id; the last one without it.') }),
  },
]

const LIST: LlmTool = {
  name: 'todo',
  description: 'Replaces your list of what is to be done. Send all of it each time; one entry at most is in progress.',
  inputSchema: schema(
    {
      todos: {
        type: 'array',
        items: schema(
          { content: text('What.'), status: { type: 'string', enum: ['pending', 'in_progress', 'completed'] } },
          ['content', 'status'],
        ),
      },
    },
    ['todos'],
  ),
}

const FUNCTIONS: readonly LlmTool[] = [
  {
    name: 'find_functions',
    description: 'Functions of the person’s installed apps (mail, notes, tasks…) that fit a description.',
    inputSchema: schema({ query: text('What it should do.') }, ['query']),
  },
  {
    name: 'call_function',
    description: 'Runs a function that find_functions has shown.',
    inputSchema: schema(
      {
        app_id: text('App.'),
        function: text('Function.'),
        arguments: { type: 'object', description: 'As its schema says.' },
      },
      ['app_id', 'function', 'arguments'],
    ),
  },
]

const MARATHON: readonly LlmTool[] = [
  {
    name: 'plan_milestones',
    description: 'Says in which steps the goal will be reached, once at the beginning or when the plan changes.',
    inputSchema: schema({ milestones: { type: 'array', items: text('One step.') } }, ['milestones']),
  },
  {
    name: 'finish_milestone',
    description: 'Marks a step as reached, after it was checked.',
    inputSchema: schema({ index: whole('Its place, from 0.') }, ['index']),
  },
]

/** Done here, at once and without anybody. */
export const OWN_TOOLS: ReadonlySet<string> = new Set(['todo', 'find_functions', ...MARATHON.map(({ name }) => name)])

export const toolsOf = (kind: 'coding' | 'marathon'): readonly LlmTool[] => [
  ...LOCAL,
  LIST,
  ...FUNCTIONS,
  ...(kind === 'marathon' ? MARATHON : []),
]
