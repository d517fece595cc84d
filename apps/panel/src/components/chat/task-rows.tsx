import { IconButton, IconGlyph, ProgressBar, Spinner } from '@imperal/ui-kit'
import { useStore } from '../../data/store.ts'
import { followed, forgetTask, isOver } from '../../data/tasks.ts'
import { t } from '../../i18n/index.ts'

/** Work in the background that was begun here: one row each, which changes as the work goes on. */
export function TaskRows() {
  const tasks = useStore(followed)
  if (tasks.length === 0) return null
  return (
    <ul className="task-rows" aria-label={t('Tasks that were begun here')}>
      {tasks.map((task) => (
        <li key={task.task_id} className="task" data-status={task.status}>
          {isOver(task) ? <IconGlyph name={task.status === 'done' ? 'Check' : 'X'} size={14} /> : <Spinner size={14} />}
          <div>
            <p className="notice-title">{task.title || task.tool_name}</p>
            <p className="notice-text">{task.error ?? task.message ?? task.status}</p>
            {task.progress !== null && !isOver(task) ? (
              <ProgressBar value={task.progress} label={task.title} size="sm" />
            ) : null}
          </div>
          {isOver(task) ? (
            <IconButton
              icon="X"
              label={t('Dismiss {name}', { name: task.title })}
              onClick={() => forgetTask(task.task_id)}
            />
          ) : null}
        </li>
      ))}
    </ul>
  )
}
