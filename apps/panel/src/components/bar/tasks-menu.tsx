import { IconButton, IconGlyph, Popover, ProgressBar } from '@imperal/ui-kit'
import { stopTask, useActiveTasks } from '../../data/tasks.ts'
import { t } from '../../i18n/index.ts'
import { counted } from '../../pages/parts/figures.ts'

/** Work that goes on in the background: a plain number, and the list behind it. */
export function TasksMenu() {
  const tasks = useActiveTasks()
  if (tasks.length === 0) return null
  const name = counted(tasks.length, 'running task')
  return (
    <Popover
      className="popover"
      label={t('Running tasks')}
      trigger={
        <button type="button" className="bar-button bar-count" aria-label={name} title={name}>
          <IconGlyph name="Workflow" size={16} />
          <span aria-hidden>{tasks.length}</span>
        </button>
      }
    >
      <div className="popover-head">
        <h2>{t('Running tasks')}</h2>
      </div>
      <ul className="notices">
        {tasks.map((task) => (
          <li key={task.task_id} className="task">
            <div>
              <p className="notice-title">{task.title || task.tool_name}</p>
              {task.message ? <p className="notice-text">{task.message}</p> : null}
              {task.progress === null ? null : <ProgressBar value={task.progress} label={task.title} size="sm" />}
            </div>
            {task.cancellable ? (
              <IconButton
                icon="X"
                label={t('Stop {name}', { name: task.title || task.tool_name })}
                onClick={() => void stopTask(task.task_id)}
              />
            ) : null}
          </li>
        ))}
      </ul>
    </Popover>
  )
}
