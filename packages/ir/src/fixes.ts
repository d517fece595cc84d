/** What to do about a rule's findings where the words of one say no more. */
const FIXES: Readonly<Record<string, string>> = {
  IR0: 'Send the document itself, as a JSON object.',
  IR1: 'Write the member as the format says.',
  IR2: "Set `ir_version` to '1.0'.",
  IR3: 'Leave the member out, or give it the current value.',
  IR20: 'Use one form: `app_id` and `steps`, or `ir_version` and `app`.',
  IR21: 'Deploy to the id that the document names, or change the document.',
  IR22: 'Use lower-case letters, digits and hyphens, beginning and ending with a letter or digit.',
  IR23: 'Keep one of the two spellings.',
  IR24: 'Write the version with three numbers, such as 1.0.0.',
  IR25: 'Say what it does and to what, as you would to a colleague.',
  IR26: 'Use an icon name, or a plain SVG with a viewBox and nothing that loads or runs.',
  IR30: 'Give each of them a name of its own.',
  IR31: 'Use letters, digits and underscores, and no prefix that the platform keeps for itself.',
  IR32: 'Leave `action_type` out to have it derived from the steps.',
  IR33: 'Leave `action_type` out, or declare the stronger type.',
  IR34: 'Write the function as steps, or deploy the code as an extension.',
  IR35: 'Add a step, or remove the function.',
  IR36: 'Use store.get, store.list and conditional only.',
  IR37: 'Set `ttl` to a number of seconds between 30 and 86400.',
  IR38: 'List the event under `events.emits`.',
  IR39: 'Remove it; it has no effect.',
  IR40: 'Write `field` and one comparator; combine conditions with further steps.',
  IR41: 'Give each step of a function an id of its own: letters, digits, _ and -, beginning with a letter or _.',
  IR42: 'Remove the key, or correct its spelling.',
  IR43: "Write {{name}}, {{name | default:'x'}} or {{count(name)}}; a literal {{ is {{'{{'}}.",
  IR44: 'Name a step of the same function.',
  IR45: 'Write the value itself; what runs is never chosen by data.',
  IR46: 'Begin with a letter and use letters, digits, _ and -.',
  IR47: 'Compare fields with texts, numbers, booleans or null.',
  IR48: 'Name one record by id, some by ids, or those that fit by where.',
  IR49: 'Call a function that exists, does not lead back here, and may do no more than the caller.',
  IR50: 'Add the capability to `capabilities`.',
  IR51: 'Write a name, or namespace:action, in lower case.',
  IR52: 'Use left, right or center.',
  IR53: 'Move one of the panels to another slot; it stays reachable by a call.',
  IR54: 'Use a component of the catalogue.',
  IR55: 'Name a function or a panel of this app, and a value that the component knows.',
  IR56: "Set `render.kind` to 'template'.",
  IR57: 'Use store.get, store.list, conditional, or call a read function without completions.',
  IR58: 'Give each item the members that the component reads.',
  IR60: 'Split it, or leave out what is not needed.',
  STEP: 'Write the step as its verb asks.',
  'IR-ROLE': 'Use dotted lower-case segments in a namespace of your own.',
}

type Fix = (match: RegExpExecArray, member: string) => string

/** What to do about findings whose words (ir 10.2) say what is wrong. */
const BY_WORDS: readonly (readonly [RegExp, Fix])[] = [
  [/missing required property '(.+)'/, ([, name]) => `Add '${name}' to the step.`],
  [/Field required$/, (_, member) => `Add '${member}'.`],
  [/Extra inputs are not permitted$/, (_, member) => `Remove '${member}', or correct its spelling.`],
  [/unknown op /, () => 'Use one of the verbs that are listed.'],
  [
    /expected (?:an? )?(\w+), got/,
    ([, type]) => `Write ${type === 'integer' ? 'a whole number' : `a value of type ${type}`}.`,
  ],
  [/should be a valid integer/, () => 'Write a whole number.'],
  [/should be a valid string/, () => 'Write a text in quotes.'],
  [/should be a valid boolean/, () => 'Write true or false.'],
  [/should be a valid dictionary/, () => 'Write an object, in braces.'],
  [/should be a valid list/, () => 'Write a list, in brackets.'],
  [/at least 1 /, () => 'Do not leave it empty.'],
  [/discriminator 'kind'$/, () => "Add 'kind', which says what it is."],
  [/expected tags: /, () => 'Use one of the kinds that are listed.'],
  [/valid slots: /, () => 'Use one of the slots that are listed.'],
  [/should match pattern/, () => 'Write it as the pattern says.'],
  [/is not a step key; use '(.+)'/, ([, key]) => `Write '${key}' in its place.`],
  [/ is never reached$/, () => 'Jump to it from an earlier step, or remove it.'],
  [/ cannot have run before it$/, () => 'Name a step that runs before this one.'],
  [/so 'prev' is empty$/, () => 'Name a parameter, or put a step before this one.'],
  [/^function '.+' removed$/, () => 'Keep the function, or tell those who use it before it goes.'],
  [/^param '.+' removed$/, () => 'Keep the parameter, or let the function do without it for a while.'],
  [/ became required$/, () => 'Leave it optional, or give it a default.'],
  [/^action_type of '.+' rose to /, () => 'Put the stronger steps into a function of their own.'],
  [/^field '.+' changed type$/, () => 'Keep the type, and write the new one into a field of another name.'],
  [/ jumps backward$/, () => 'See that the loop ends: a run that goes on too long is stopped.'],
]

/** What whoever wrote the document does about a finding; undefined where no rule knows. */
export function fixOf(rule: string, message: string, path = ''): string | undefined {
  const member = path.split('.').at(-1) ?? ''
  for (const [words, fix] of BY_WORDS) {
    const match = words.exec(message)
    if (match !== null) return fix(match, member)
  }
  return FIXES[rule]
}
