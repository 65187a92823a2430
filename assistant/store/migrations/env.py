"""Run the steps on the connection that `assistant.store.database` has opened."""

from alembic import context

from assistant.store.tables import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
context.run_migrations()
