import { expect, test } from 'vitest'
import { complaintOf } from './complaint.ts'

test.each([
  [
    'The files will be owned by user "nobody".\nrunning bootstrap script ... 2026-11-29 04:59:19.291 UTC [28432] FATAL:  could not write to file "pg_wal/xlogtemp.28432": No space left on device\nchild process exited with exit code 1',
    'could not write to file "pg_wal/xlogtemp.28432": No space left on device',
  ],
  ['initdb: error: directory "/d" exists but is not empty', 'directory "/d" exists but is not empty'],
  ['LOG:  starting\nsomething else\n', 'LOG:  starting\nsomething else'],
])('of all that PostgreSQL says, the complaint is told', (output, complaint) => {
  expect(complaintOf(output)).toBe(complaint)
})
