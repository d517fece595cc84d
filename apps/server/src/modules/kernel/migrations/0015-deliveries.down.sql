-- An older version finds what happened in the job itself.
update jobs.job j set data = jsonb_build_object(
  'delivery_id', data -> 'delivery_id', 'app_id', data -> 'app_id', 'handler', data -> 'handler', 'event', d.event::jsonb)
from kernel.delivery d where j.name = 'kernel.events' and j.id = d.delivery_id;
drop table kernel.delivery;
