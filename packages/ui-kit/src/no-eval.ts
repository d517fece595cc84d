import * as z from 'zod'

// The page's policy forbids code from strings. Schemas would try it once and leave a violation in the console.
z.config({ jitless: true })
