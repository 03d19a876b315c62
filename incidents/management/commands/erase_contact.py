"""`manage.py erase_contact`: forget a person who reported."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from incidents.models import Contact
from incidents.services import erasing
from incidents.services.following import read_number


class Command(BaseCommand):
    help = "清除诉求人的个人信息 (forget a person who reported)"

    def add_arguments(self, parser: CommandParser) -> None:
        who = parser.add_mutually_exclusive_group(required=True)
        who.add_argument("--phone", help="电话 (the phone that was left)")
        who.add_argument("--report", help="诉求编号 (number of a report)")
        parser.add_argument(
            "--notes", action="store_true", help="并清除案件中的文字 (and the words of the cases)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["phone"]:
            contacts = erasing.contacts_by_phone(options["phone"])
        else:
            number = read_number(options["report"])
            contacts = list(Contact.objects.filter(reports__number=number))
        if not contacts:
            raise CommandError("没有找到 (nobody was found)")
        done = erasing.erase(
            contacts, with_notes=options["notes"], by=None, now=timezone.now(), why="asked"
        )
        self.stdout.write(
            f"已清除联系人 {done.contacts}，文字 {done.notes} (contacts and notes erased)"
        )
