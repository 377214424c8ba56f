"""Makes clips out of given clips and references: edited, restyled, extended, widened, recast."""
