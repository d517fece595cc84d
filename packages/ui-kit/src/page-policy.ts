// Imported first by every page: both must stand before the code that they are about runs.
import './no-eval.ts'
import './parts/trusted-html.ts'
