import type { Issue } from '@imperal/validators'
import { expect, test } from 'vitest'
import { causeOf, notSaidByRules } from './type-findings.ts'

const long = `{ description: string; ${'member: string; '.repeat(20)}}`

test.each([
  ["Type 'number' is not assignable to type 'string'.", "Type 'number' is not assignable to type 'string'."],
  [
    `Argument of type '${long}' is not assignable to parameter of type 'ChatFunctionOptions<Params, Returns>'.
  Property 'effects' is missing in type '${long}' but required in type 'ChangeOptions<Params, Returns>'.`,
    "Property 'effects' is missing.",
  ],
  [
    `Type 'ActionSuccess<{ line_id: number; }>' is not assignable to type 'MaybePromise<ActionResult<Line>>'.
  Type 'ActionSuccess<{ line_id: number; }>' is not assignable to type 'ActionSuccess<Line>'.
    Types of property 'line_id' are incompatible.
      Type 'number' is not assignable to type 'string'.`,
    "Type 'number' is not assignable to type 'string'. It is the type of 'line_id'.",
  ],
  [
    `Argument of type 'Wrapped<${long.replaceAll("'", '')}>' is not assignable to parameter of type '${long}'.`,
    `Argument of type 'Wrapped' is not assignable to parameter of type '${long.slice(0, 50)}…'.`,
  ],
])('what the compiler says is cut down to the cause', (text, sentence) => {
  expect(causeOf(text)).toBe(sentence)
})

const issue = (rule: string, line: number, message: string, level: Issue['level'] = 'ERROR'): Issue => ({
  ...{ rule, level, message, line },
  file: 'main.ts',
  fix: '',
})

test('a finding of the compiler is left out where the rule that means the same fails already', () => {
  const rules = [
    issue('V16', 5, "Function 'add' has a description of 0 characters"),
    issue('V4', 20, "Function 'drop' has the action type 'wrote'"),
    issue('HANDLER-1', 30, '`signal` has no handler'),
    issue('V20', 40, "Function 'more' (write) declares no effects, only 'read'", 'WARN'),
  ]
  const kept = [
    issue('TS2345', 20, "Property 'colour' is missing."),
    issue('TS2345', 41, "Property 'effects' is missing."),
    issue('TS2322', 40, "Type 'read' is not assignable."),
    issue('TS2554', 31, 'Expected 2 arguments, but got 1.'),
  ]
  const repeated = [
    issue('TS2345', 7, "Property 'description' is missing."),
    issue('TS2820', 20, `Type '"wrote"' is not assignable to type '"read" | "write"'.`),
    issue('TS2554', 30, 'Expected 2 arguments, but got 1.'),
  ]
  expect(notSaidByRules([...repeated, ...kept], rules)).toEqual(kept)
  expect(notSaidByRules(repeated, [])).toEqual(repeated)
})
