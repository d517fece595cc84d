import { questions } from '../data/questions.ts'
import { useStore } from '../data/store.ts'
import { OpenQuestion } from './lazy-parts.tsx'

/** The host's question about a call that the kernel has stopped. Apps cannot draw it, and Enter never accepts by accident. */
export function ConfirmationDialog() {
  const question = useStore(questions, (all) => all[0])
  return question ? <OpenQuestion key={question.card.confirmation_id} question={question} /> : null
}
