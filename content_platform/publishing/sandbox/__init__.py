"""A pretend other company: a video platform with accounts, quotas, processing and an audience.

Everything in it is simulated and says so. It behaves like a company we do not own: it keeps its
own tables (schema ``sandbox``, made by itself, no part of our migrations), answers late, fails on
demand, and never tells what its audience likes. Our code reaches it through
``publishing.adapters.sandbox`` alone; only ``runtime`` opens a ``SandboxService``, and only this
package knows ``audience``.
"""
