{% test unique_together(model, columns) %}
select {{ columns | join(', ') }}
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1 or bool_or({{ columns | join(' is null or ') }} is null)
{% endtest %}
